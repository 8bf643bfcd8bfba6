"""How good the reserves were: every method, origin and metric, from the published files of builds.

`python benchmarks/accuracy.py "Retailer, horizon 6=retail.duckdb" "Demo=demo.duckdb"` writes docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from inventory_valuation.model_document import markdown_table

_INTRODUCTION = """# Accuracy

Written by `benchmarks/accuracy.py` from `monitoring.model_accuracy`: rolling origins behind the embargo, definitions in
`models/monitoring/_monitoring.yml`. Fitted rules and models know only outcomes that had come true by their origin. `ml`
is the champion of each origin. The spread is the standard deviation over the origins.
"""

_METRICS = {
    "equal_reserve_unexpected": "Unexpected write-downs at equal total reserve, share of the loss (the headline)",
    "reserve_ratio": "Reserve over loss",
    "sku_error": "SKU error, absolute error over loss",
    "unexpected_rate": "Unexpected write-downs, share of the loss",
    "over_reserve_rate": "Over-reserve, share of the loss",
    "demand_wape": "Demand, absolute error over demand (WAPE)",
    "demand_bias": "Demand, bias over demand",
    "demand_month_wape": "Demand month by month, absolute error over demand (WAPE)",
    "demand_interval_coverage": "Share of months inside the 80 % range of their demand",
    "price_wape": "Net price by month, absolute error over price (WAPE)",
    "price_bias": "Net price by month, bias over price",
    "markdown_brier_score": "Markdown by a tenth or more, Brier score",
    "markdown_prevalence": "Markdown by a tenth or more, prevalence",
    "obsolescence_average_precision": "Obsolescence, area under precision and recall",
    "obsolescence_prevalence": "Obsolescence, prevalence",
    "obsolescence_brier_score": "Obsolescence, Brier score",
    "interval_coverage": "Share of positions inside the 80 % interval",
    "interval_coverage_95": "Share of positions inside the 95 % interval",
}


def table_of(connection: duckdb.DuckDBPyConnection, metric: str) -> str:
    """Methods by origins of one metric, with the mean, the spread and the number of positions."""
    rows = connection.execute(
        """
        select method, cast(valuation_date as varchar), value, positions
        from monitoring.model_accuracy where metric = ? order by method, valuation_date
        """,
        [metric],
    ).fetchall()
    dates = sorted({date for method, date, _, _ in rows if method == "ml"})
    found = {(method, date): value for method, date, value, _ in rows}
    lines = []
    for method in sorted({method for method, *_ in rows}):
        values = [found.get((method, date)) for date in dates]
        known = [value for value in values if value is not None]
        mean = sum(known) / len(known)
        spread = (sum((value - mean) ** 2 for value in known) / max(len(known) - 1, 1)) ** 0.5
        cells = ["" if value is None else f"{value:.3f}" for value in values]
        lines.append([method, *cells, f"{mean:.3f}", f"{spread:.3f}"])
    positions = {date: count for _, date, _, count in rows}
    lines.append(["positions", *(f"{positions[date]:,}" for date in dates), "", ""])
    return markdown_table(["method", *dates, "mean", "spread"], lines)


def main() -> int:
    """Write docs/accuracy.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("builds", nargs="+", help="title=published file")
    parser.add_argument("--out", type=Path, default=Path("docs/accuracy.md"))
    given = parser.parse_args()
    parts = [_INTRODUCTION]
    for build in given.builds:
        title, _, file = build.rpartition("=")
        parts.append(f"## {title}\n")
        with duckdb.connect(file, read_only=True) as connection:
            told = {
                name
                for (name,) in connection.execute("select distinct metric from monitoring.model_accuracy").fetchall()
            }
            parts += [
                f"**{words}**\n\n{table_of(connection, name)}\n" for name, words in _METRICS.items() if name in told
            ]
    given.out.write_text("\n".join(parts))
    print(f"Accuracy: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
