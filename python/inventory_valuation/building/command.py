"""`inventory-valuation build`: `dbt build` on a project that is parsed once, whatever vars and file a build has.

When a var on the command line or the file of the database is another one than last time, dbt parses the whole project
anew. Nothing that it parses here depends on either: SQL is written at run time, and Python models read what they need
from tables. So the project is parsed without them, and after the first time only where its files have changed.
"""

from __future__ import annotations

import os
from pathlib import Path

from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner, dbtRunnerResult

PARSED = Path("target/parsed")


def run_dbt(words: list[str]) -> dbtRunnerResult:
    """Run a dbt command in the working directory, which is the project's folder.

    Args:
        words: the command and its options, as after `dbt`.
    """
    parsed = parsed_project()
    return dbtRunner(manifest=parsed.result).invoke(words) if parsed.success else parsed


def parsed_project() -> dbtRunnerResult:
    """The project as parsed for all databases of the same name: relations bear it, and it is the name of the file."""
    database = os.environ.get("INVENTORY_DB")
    name = Path(database or "build.duckdb").name
    os.environ["INVENTORY_DB"] = name
    try:
        quietly = ["--quiet", "--no-write-json", "--log-level-file", "none"]
        return dbtRunner().invoke([*quietly, "parse", "--target-path", str(PARSED / name)])
    finally:
        del os.environ["INVENTORY_DB"]
        if database:
            os.environ["INVENTORY_DB"] = database


def main(options: list[str]) -> int:
    """Build all but the unit tests, which say something of the code and nothing of the data.

    Args:
        options: those of `dbt build`.
    """
    result = run_dbt(["build", "--exclude-resource-type", "unit_test", *options])
    if isinstance(result.exception, DbtUsageException):
        print(result.exception)  # of all else that goes wrong dbt itself speaks
    return 0 if result.success else 1
