"""`inventory-valuation`: everything that a person does, as sub-commands."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

import yaml

from inventory_valuation.sources.checking import check_delivery
from inventory_valuation.sources.template import write_template

PROJECT = Path(__file__).parents[2] / "dbt_project.yml"


def project_variables(told: str | None = None) -> dict[str, object]:
    """The vars of dbt_project.yml, and others in their place.

    Args:
        told: further vars as YAML, as dbt's `--vars` takes them.
    """
    return yaml.safe_load(PROJECT.read_text())["vars"] | (yaml.safe_load(told or "{}") or {})


def check(words: list[str]) -> int:
    """Say everything that is wrong or doubtful with a delivery."""
    parser = argparse.ArgumentParser(prog="inventory-valuation check", description=check.__doc__)
    parser.add_argument("folder", help="where the files of the delivery stand")
    parser.add_argument("--vars", help="vars of the build, as YAML: '{horizon_months: 6, reporting_currency: EUR}'")
    asked = parser.parse_args(words)
    report = check_delivery(project_variables(asked.vars) | {"source_path": asked.folder, "source_schema": None})
    print(report)
    return 1 if report.faults else 0


def template(words: list[str]) -> int:
    """Write an empty delivery: a header for every table, and a page that explains every column."""
    parser = argparse.ArgumentParser(prog="inventory-valuation template", description=template.__doc__)
    parser.add_argument("folder", type=Path, help="where to write it")
    written = write_template(parser.parse_args(words).folder)
    print(f"{len(written)} files written; COLUMNS.md explains them.")
    return 0


# Where the command lines stand that have a module of their own; each is loaded when it is asked for.
MODULES = {
    "build": "inventory_valuation.building.command",
    "close": "inventory_valuation.books.closing",
    "close-pack": "inventory_valuation.publishing.pack.command",
    "demo": "inventory_valuation.demo.__main__",
    "journal": "inventory_valuation.books.journal_export",
    "model-document": "inventory_valuation.publishing.model_document",
    "notify": "inventory_valuation.publishing.notify",
    "publish-postgres": "inventory_valuation.publishing.postgres",
    "workbook": "inventory_valuation.publishing.workbook",
}
COMMANDS = {"check": check, "template": template}


def main(words: list[str] | None = None) -> int:
    """Run the sub-command that is named first."""
    parser = argparse.ArgumentParser(prog="inventory-valuation", description=__doc__)
    parser.add_argument("command", choices=sorted([*MODULES, *COMMANDS]))
    parser.add_argument("words", nargs=argparse.REMAINDER, help="what the command takes: `<command> --help`")
    asked = parser.parse_args(words)
    command = COMMANDS.get(asked.command) or import_module(MODULES[asked.command]).main
    return command(asked.words)


if __name__ == "__main__":
    sys.exit(main())
