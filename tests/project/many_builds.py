"""Several dbt commands in one process, on one parsed project.

A job is {"name", "database", "words", "variables"}, with "published" and "target" where it has a published file and a
target folder of its own, "seeds" where its seeds stand in another project's folder, and "writes_json" where its
manifest is read. The answer, by name, is whether all went well and what was said.
"""

from __future__ import annotations

import gc
import json
import os
import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from unittest.mock import patch

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import cleanup_connections
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients import agate_helper

from inventory_valuation.building.command import parsed_project

# Nobody reads dbt's files here, and what it says comes by a callback.
QUIETLY = ["--no-use-colors", "--log-level", "none", "--log-level-file", "none"]


@cache
def parsed(name: str) -> Manifest:
    """The project as parsed for databases of a name; nobody changes it while tests run."""
    os.environ["INVENTORY_DB"] = name
    return parsed_project().result


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
    manifest = parsed(Path(jobs[0]["database"]).name)
    answers = {}
    for job in jobs:
        began = time.monotonic()
        os.environ["INVENTORY_DB"] = job["database"]
        os.environ["INVENTORY_PUBLISHED_DB"] = job.get("published", str(folder / "published.duckdb"))
        files = "--write-json" if job.get("writes_json") else "--no-write-json"
        paths = ["--target-path", job.get("target", str(folder / "target")), "--log-path", str(folder / "logs")]
        said: list[str] = []
        with rows_of_seeds(job):
            result = dbtRunner(
                manifest=with_seeds(manifest.deepcopy(), job),
                callbacks=[lambda event, said=said: event.info.level == "debug" or said.append(event.info.msg)],
            ).invoke([*QUIETLY, files, *job["words"], "--vars", json.dumps(job["variables"]), *paths])
        answers[job["name"]] = {
            "success": result.success,
            "seconds": time.monotonic() - began,
            "said": "\n".join([*said, str(result.exception or "")]),
        }
    _let_go_of_the_database()
    return answers


def _let_go_of_the_database() -> None:
    """Close what dbt keeps open until its process ends, so that a test may read it."""
    cleanup_connections()
    if environment := DuckDBConnectionManager._ENV:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
    gc.collect()
