"""`inventory-valuation close-pack 2026-05-31`: the pack of a period, as a workbook and as a page."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import duckdb

from inventory_valuation.publishing.pack.excel import write_workbook
from inventory_valuation.publishing.pack.figures import close_pack
from inventory_valuation.publishing.pack.page import write_page
from inventory_valuation.publishing.relations import published_file


def main(words: list[str] | None = None) -> int:
    """Run the command line; 1 where there are no books of the period."""
    parser = argparse.ArgumentParser(prog="inventory-valuation close-pack", description=__doc__)
    parser.add_argument("period", type=date.fromisoformat, help="month end, as 2026-05-31")
    parser.add_argument("--framework", choices=("us_gaap", "ifrs"), help="the one that the build shows, if not given")
    parser.add_argument("--published", type=Path, default=published_file())
    parser.add_argument("--into", type=Path, default=Path("warehouse"), help="folder for the two files")
    given = parser.parse_args(words)
    with duckdb.connect(given.published, read_only=True) as connection:
        try:
            pack = close_pack(connection, given.period, given.framework)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    for suffix, write in ((".xlsx", write_workbook), (".html", write_page)):
        target = given.into / f"close_pack_{given.period}{suffix}"
        write(pack, target)
        print(f"Close pack: {target}")
    return 0
