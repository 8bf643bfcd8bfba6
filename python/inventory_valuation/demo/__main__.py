"""`python -m inventory_valuation.demo`: write the demo company's input tables."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from inventory_valuation.demo.company import build_company
from inventory_valuation.demo.knobs import FULL_SCALE_ITEMS, FULL_SCALE_LOCATIONS, Knobs


def knobs_from(words: list[str]) -> tuple[Knobs, Path]:
    """Read the command line.

    Args:
        words: as typed.

    Returns:
        What to turn, and the folder to write to.
    """
    parser = argparse.ArgumentParser(prog="python -m inventory_valuation.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/demo"), help="folder to write (default: data/demo)")
    parser.add_argument("--items", type=int, default=Knobs.items)
    parser.add_argument("--locations", type=int, default=Knobs.locations)
    parser.add_argument("--months", type=int, default=Knobs.months)
    parser.add_argument("--seed", type=int, default=Knobs.seed)
    parser.add_argument(
        "--scale",
        type=float,
        help=f"share of the reference company's {FULL_SCALE_ITEMS:,} items, instead of --items",
    )
    asked = parser.parse_args(words)
    for name, least in (("items", 8), ("locations", 1), ("months", 2)):
        if getattr(asked, name) < least:
            parser.error(f"--{name} must be at least {least}")
    knobs = Knobs(items=asked.items, locations=asked.locations, months=asked.months, seed=asked.seed)
    if asked.scale is not None:
        if not 0 < asked.scale <= 10:
            parser.error("--scale must lie between 0 and 10")
        knobs = replace(
            knobs,
            items=max(8, round(FULL_SCALE_ITEMS * asked.scale)),
            locations=max(asked.locations, FULL_SCALE_LOCATIONS),
        )
    return knobs, asked.out


def main(words: list[str] | None = None) -> int:
    """Write the demo company."""
    knobs, folder = knobs_from(sys.argv[1:] if words is None else words)
    build_company(knobs, folder, report=lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
