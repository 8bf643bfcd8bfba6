"""Several dbt commands in one process, so that the project is parsed once: `python many_builds.py jobs.json`.

A job is {"name", "database", "words", "variables"}. The answer, by name on the last line of stdout, is whether all
went well and what was said.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from dbt.cli.main import dbtRunner


def run_jobs(jobs: list[dict], folder: Path) -> dict[str, dict]:
    """Run the commands one after the other.

    Args:
        jobs: what to run.
        folder: for target and logs.

    Returns:
        By name of the job whether it succeeded, and all that dbt said.
    """
    paths = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    os.environ |= {
        "NO_COLOR": "1",
        "INVENTORY_DB": jobs[0]["database"],
        "INVENTORY_PUBLISHED_DB": str(folder / "published.duckdb"),
    }
    parsed = dbtRunner().invoke(["--quiet", "parse", *paths])
    answers = {}
    for job in jobs:
        began = time.monotonic()
        os.environ["INVENTORY_DB"] = job["database"]
        said: list[str] = []
        result = dbtRunner(
            manifest=parsed.result.deepcopy(), callbacks=[lambda event, said=said: said.append(event.info.msg)]
        ).invoke(["--quiet", *job["words"], "--vars", json.dumps(job["variables"]), *paths])
        answers[job["name"]] = {
            "success": result.success,
            "seconds": time.monotonic() - began,
            "said": "\n".join([*said, str(result.exception or "")]),
        }
    return answers


if __name__ == "__main__":
    file = Path(sys.argv[1])
    print(json.dumps(run_jobs(json.loads(file.read_text()), file.parent)))
