"""`inventory-valuation build`: `dbt build` on a project that is parsed once, whatever vars and file a build has.

When a var on the command line or the file of the database is another one than last time, dbt parses the whole project
anew. Nothing that it parses here depends on either: SQL is written at run time, and Python models read what they need
from tables. So the project is parsed without them, and after the first time only where its files have changed.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import yaml
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


def options_of(words: list[str]) -> list[str]:
    """The options of `dbt build`, with those of this command as vars.

    Args:
        words: as after `inventory-valuation build`.

    >>> options_of(["--as-of", "2026-06-17", "--vars", "{horizon_months: 6}", "--full-refresh"])
    ['--full-refresh', '--vars', '{"horizon_months": 6, "as_of_date": "2026-06-17"}']
    """
    parser = argparse.ArgumentParser(prog="inventory-valuation build", description=main.__doc__, allow_abbrev=False)
    parser.add_argument("--as-of", help="day to value: a month end, or any other for a flash beside the month ends")
    parser.add_argument("--vars", help="other vars than those of dbt_project.yml, as YAML")
    asked, options = parser.parse_known_args(words)
    if not asked.as_of:
        return words
    told = yaml.safe_load(asked.vars or "{}") | {"as_of_date": asked.as_of}
    return [*options, "--vars", json.dumps(told, default=str)]


def main(words: list[str]) -> int:
    """Build all but the unit tests, which say something of the code and nothing of the data. It takes dbt's options."""
    result = run_dbt(["build", "--exclude-resource-type", "unit_test", *options_of(words)])
    if isinstance(result.exception, DbtUsageException):
        print(result.exception)  # of all else that goes wrong dbt itself speaks
    return 0 if result.success else 1
