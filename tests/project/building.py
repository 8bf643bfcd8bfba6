"""Running dbt as a user would, in files of a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import many_builds
import yaml

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
# As `inventory-valuation build` does, but for every command of dbt.
RUN_PARSED = """
import sys
from inventory_valuation.building.command import run_dbt
sys.exit(not run_dbt(sys.argv[1:]).success)
"""


def project_variables(**others: object) -> dict[str, object]:
    """The vars of dbt_project.yml, and others in their place."""
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"] | others


def start_dbt(folder: Path, *words: str, anew: bool = False, **variables: object) -> subprocess.Popen:
    """Start dbt on the project with its database, published file, target and logs in a folder.

    Args:
        folder: where it all goes.
        words: the command.
        anew: by plain dbt, which parses the project anew.
        variables: the vars.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [
            *([DBT] if anew else [sys.executable, "-c", RUN_PARSED]),
            *words,
            *("--vars", json.dumps(variables)),
            *("--target-path", folder / "target", "--log-path", folder / "logs"),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "NO_COLOR": "1",
            "INVENTORY_DB": str(folder / "build.duckdb"),
            "INVENTORY_PUBLISHED_DB": str(folder / "published.duckdb"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_dbt(folder: Path, *words: str, **variables: object) -> tuple[int, str]:
    """Run dbt to its end in files of a folder; its exit code and all that it said."""
    folder.mkdir(parents=True, exist_ok=True)
    job = {
        "name": "only",
        "database": str(folder / "build.duckdb"),
        "published": str(folder / "published.duckdb"),
        "words": list(words),
        "writes_json": True,
        "variables": variables,
    }
    answer = run_jobs(folder, [job])["only"]
    return int(not answer["success"]), answer["said"]


def run_plain_dbt(folder: Path, *words: str, **variables: object) -> tuple[int, str]:
    """The same by the command `dbt`, which parses the project anew and writes its files."""
    process = start_dbt(folder, *words, anew=True, **variables)
    output, _ = process.communicate()
    return process.returncode, output


def wait_for(process: subprocess.Popen, words: str) -> None:
    """Read on in what dbt says until these words come.

    Raises:
        AssertionError: dbt ended without them.
    """
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"dbt never said '{words}': {''.join(said)[-3000:]}")


def write_company(folder: Path, *options: str) -> Path:
    """Write the input tables of a small demo company."""
    subprocess.run(
        [sys.executable, "-m", "inventory_valuation.demo", "--out", folder, *options],
        stdout=subprocess.PIPE,
        check=True,
    )
    return folder


@cache
def _worker() -> ProcessPoolExecutor:
    """One process for all builds of a session: loading dbt and the libraries takes longer than a small build's SQL."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def run_jobs(folder: Path, jobs: list[dict]) -> dict[str, dict]:
    """Run dbt commands one after the other in the worker; many_builds.py says what a job and its answer are.

    Args:
        folder: for target and logs.
        jobs: what to run.
    """
    return _worker().submit(many_builds.run_jobs, jobs, folder).result()
