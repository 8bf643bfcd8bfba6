"""The small company of these tests, and two whole builds of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from building import ROOT, run_dbt, run_plain_dbt, write_company

WRITE_PARSED = """
import sys
from inventory_valuation.building.command import parsed_project
parsed_project().result.write(sys.argv[1])
"""


@dataclass(frozen=True)
class Build:
    """A finished build: its input tables, its folder, what dbt said."""

    company: Path
    folder: Path
    output: str

    @property
    def published(self) -> Path:
        """The file that readers open."""
        return self.folder / "published.duckdb"


@pytest.fixture(scope="session")
def manifest(tmp_path_factory) -> dict:
    """The project as dbt parses it."""
    file = tmp_path_factory.mktemp("parsed") / "manifest.json"
    subprocess.run([sys.executable, "-c", WRITE_PARSED, file], cwd=ROOT, check=True)
    return json.loads(file.read_text())


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Path:
    """Input tables of 60 items in 2 locations over 30 months."""
    return write_company(tmp_path_factory.mktemp("company") / "tables", "--items", "60", "--locations", "2")


@pytest.fixture(scope="session")
def build(company, tmp_path_factory) -> Build:
    """The small company, built with all data tests and unit tests."""
    folder = tmp_path_factory.mktemp("build")
    code, output = run_plain_dbt(folder, "build", source_path=str(company))
    assert code == 0, output[-6000:]
    return Build(company, folder, output)


@pytest.fixture(scope="session")
def rebuilt(build, tmp_path_factory) -> Iterator[tuple[Build, duckdb.DuckDBPyConnection]]:
    """A copy of the build, built again by other policies with all data tests, and a reader that had it open before."""
    folder = tmp_path_factory.mktemp("rebuilt")
    for name in ("build.duckdb", "published.duckdb"):
        shutil.copy(build.folder / name, folder / name)
    with duckdb.connect(folder / "published.duckdb", read_only=True) as reader:
        policies = {"horizon_months": 6, "cost_pool": "item"}
        words = ("build", "--exclude-resource-type", "unit_test")
        code, output = run_dbt(folder, *words, source_path=str(build.company), **policies)
        assert code == 0, output[-6000:]
        yield Build(build.company, folder, output), reader
