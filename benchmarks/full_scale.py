"""What a build costs: the whole, again with nothing new, and the next month, for the demo company at any scale.

`python benchmarks/full_scale.py --scale 1` from the project's folder writes the company and builds it three times:

- whole: from an empty file.
- again: the same once more; nothing has changed.
- next month: the file that a build of all months but the last left, and then the last month's delivery.

It prints processor seconds, wall time, peak memory and the sizes of the files, and the seconds of each room. Measure
with nothing else at work. Cost is linear in rows where `--scale .5` and `--scale 1` differ by a factor of two; the next
month does not grow with history where `--months 24` and `--months 36` differ little.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import duckdb

from inventory_valuation.demo.deliveries import write_until


class Cost(NamedTuple):
    """Of one build: seconds, gigabytes at the peak, megabytes of the files, and seconds of each room."""

    name: str
    processor: float
    wall: float
    memory: float
    build_file: float
    published_file: float
    rooms: Counter


def build(name: str, folder: Path, source: Path) -> Cost:
    """Build a company in the files of a folder.

    Raises:
        SystemExit: the build did not pass; its last lines are told.
    """
    environment = {
        **os.environ,
        "INVENTORY_DB": str(folder / "build.duckdb"),
        "INVENTORY_PUBLISHED_DB": str(folder / "published.duckdb"),
        "NO_COLOR": "1",
    }
    command = [Path(sys.executable).with_name("inventory-valuation"), "build", "--vars", f"{{source_path: {source}}}"]
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*command, "--target-path", folder / "target", "--log-path", folder / "logs"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:])
    rooms = Counter()
    for result in json.loads((folder / "target/run_results.json").read_text())["results"]:
        kind = result["unique_id"].split(".")[0]
        room = result["relation_name"].split(".")[1].strip('"') if kind == "model" else f"{kind}s"
        rooms[room] += result["execution_time"]
    return Cost(
        name,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        wall,
        after.ru_maxrss / 1e6,
        (folder / "build.duckdb").stat().st_size / 1e6,
        (folder / "published.duckdb").stat().st_size / 1e6,
        rooms,
    )


def table(costs: list[Cost]) -> str:
    """The builds side by side."""
    lines = [
        "| build | processor s | wall s | peak GB | build file MB | published MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {cost.name} | {cost.processor:,.0f} | {cost.wall:,.0f} | {cost.memory:.1f} | {cost.build_file:,.0f}"
            f" | {cost.published_file:,.0f} |"
            for cost in costs
        ),
        "",
        f"| seconds of both threads by room | {' | '.join(cost.name for cost in costs)} |",
        f"| --- |{' ---: |' * len(costs)}",
        *(
            f"| {room} | {' | '.join(f'{cost.rooms[room]:,.0f}' for cost in costs)} |"
            for room, _ in costs[0].rooms.most_common()
        ),
    ]
    return "\n".join(lines)


def month_before_the_last(source: Path) -> str:
    """The last day of the month before the newest one; a few sales of the demo bear days that never were."""
    return duckdb.sql(f"""
        select cast(date_trunc('month', quantile_disc(try_cast(sold_at as timestamp), 0.999)) - interval 1 day as date)
        from '{source}/sales.parquet'
    """).fetchall()[0][0]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="1", help="share of the reference company's 12,000 items")
    parser.add_argument("--months", default="30")
    parser.add_argument("--company", type=Path, help="a company that is there already, instead of a new one")
    parser.add_argument("--keep", type=Path, help="folder in which files are left")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp())
    company = options.company or folder / "company"
    if not company.exists():
        words = ["--scale", options.scale, "--months", options.months, "--out", company]
        subprocess.run([sys.executable, "-m", "inventory_valuation.demo", *words], check=True)
    day = month_before_the_last(company)
    month = folder / "month"
    costs = [build("whole", folder / "whole", company), build("again", folder / "whole", company)]
    delivery = folder / "delivery"
    write_until(company, delivery, str(day))
    build("all but the last month", month, delivery)
    shutil.rmtree(delivery)
    shutil.copytree(company, delivery)
    costs.append(build("next month", month, delivery))
    print(table(costs))
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
