"""Running dbt as a user would, in files of a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start_dbt(folder: Path, *words: str, **variables: object) -> subprocess.Popen:
    """Start dbt on the project with its database, published file, target and logs in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [
            Path(sys.executable).with_name("dbt"),
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
    """Run dbt to its end; its exit code and all that it said."""
    process = start_dbt(folder, *words, **variables)
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
