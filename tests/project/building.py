"""Running dbt as a user would, in files of a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
# Other vars make dbt parse anew, which takes longer than most of these builds. No SQL model hangs on a var when it is
# parsed, but the settings of Python models and the rows of unit tests do: what looks at those is parsed with its vars.
RUN_PARSED = """
import sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
manifest = Manifest.from_msgpack(Path(sys.argv[1]).read_bytes())
manifest.build_flat_graph()
sys.exit(not dbtRunner(manifest=manifest).invoke(sys.argv[2:]).success)
"""


@cache
def parsed_project(variables: str = "{}") -> Path:
    """The project as dbt parsed it with some vars, once for all tests of a session."""
    folder = Path(tempfile.mkdtemp())
    parse = [DBT, "--quiet", "parse", "--vars", variables, "--target-path", folder, "--log-path", folder]
    subprocess.run(parse, cwd=ROOT, check=True)
    return folder / "partial_parse.msgpack"


def project_variables(**others: object) -> dict[str, object]:
    """The vars of dbt_project.yml, and others in their place."""
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"] | others


def start_dbt(folder: Path, *words: str, anew: bool = False, **variables: object) -> subprocess.Popen:
    """Start dbt on the project with its database, published file, target and logs in a folder.

    Args:
        folder: where it all goes.
        words: the command.
        anew: parse the project as well, as a user's first command does.
        variables: the vars.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [
            *([DBT] if anew else [sys.executable, "-c", RUN_PARSED, parsed_project()]),
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


def run_dbt(folder: Path, *words: str, anew: bool = False, **variables: object) -> tuple[int, str]:
    """Run dbt to its end; its exit code and all that it said."""
    process = start_dbt(folder, *words, anew=anew, **variables)
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
        env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
        stdout=subprocess.PIPE,
        check=True,
    )
    return folder


def run_jobs(folder: Path, jobs: list[dict], **variables: object) -> dict[str, dict]:
    """Run dbt commands one after the other in one process; many_builds.py says what a job and its answer are.

    Args:
        folder: for target and logs.
        jobs: what to run.
        variables: the vars that the project is parsed with.
    """
    file = folder / "jobs.json"
    file.write_text(json.dumps(jobs))
    many_builds = [
        sys.executable,
        Path(__file__).with_name("many_builds.py"),
        parsed_project(json.dumps(variables)),
        file,
    ]
    done = subprocess.run(many_builds, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
