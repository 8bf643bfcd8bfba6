"""Several dbt commands in one process, on one parsed project: `many_builds.py jobs.json`.

A job is {"name", "database", "words", "variables"}, with "published" and "target" where it has a published file and a
target folder of its own, and "seeds" where its seeds stand in another project's folder. The answer, by name on the last
line of stdout, is whether all went well and what was said.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest.mock import patch

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients import agate_helper

from inventory_valuation.building.command import parsed_project

# Nobody reads dbt's files here, and what it says comes by a callback.
QUIETLY = ["--no-write-json", "--log-level", "none", "--log-level-file", "none"]


def with_seeds(manifest: Manifest, job: dict) -> Manifest:
    """The project with the seeds of a job."""
    for node in manifest.nodes.values():
        if node.resource_type == "seed" and "seeds" in job:
            node.root_path = job["seeds"]
    manifest.build_flat_graph()
    return manifest


def rows_of_seeds(job: dict) -> AbstractContextManager:
    """Have dbt count the rows of a job's own seeds: it counts the project's, and loads nothing where they are none."""
    if "seeds" not in job:
        return nullcontext()
    read = agate_helper.from_csv
    return patch.object(
        agate_helper, "from_csv", lambda path, **others: read(Path(job["seeds"], "seeds", Path(path).name), **others)
    )


def run_jobs(jobs: list[dict], folder: Path) -> dict[str, dict]:
    """Run the commands one after the other.

    Args:
        jobs: what to run.
        folder: for target and logs.

    Returns:
        By name of the job whether it succeeded, and all that dbt said.
    """
    os.environ |= {"NO_COLOR": "1", "INVENTORY_DB": jobs[0]["database"]}
    manifest = parsed_project().result
    answers = {}
    for job in jobs:
        began = time.monotonic()
        os.environ["INVENTORY_DB"] = job["database"]
        os.environ["INVENTORY_PUBLISHED_DB"] = job.get("published", str(folder / "published.duckdb"))
        paths = ["--target-path", job.get("target", str(folder / "target")), "--log-path", str(folder / "logs")]
        said: list[str] = []
        with rows_of_seeds(job):
            result = dbtRunner(
                manifest=with_seeds(manifest.deepcopy(), job),
                callbacks=[lambda event, said=said: said.append(event.info.msg)],
            ).invoke([*QUIETLY, *job["words"], "--vars", json.dumps(job["variables"]), *paths])
        answers[job["name"]] = {
            "success": result.success,
            "seconds": time.monotonic() - began,
            "said": "\n".join([*said, str(result.exception or "")]),
        }
    return answers


if __name__ == "__main__":
    file = Path(sys.argv[1])
    print(json.dumps(run_jobs(json.loads(file.read_text()), file.parent)))
