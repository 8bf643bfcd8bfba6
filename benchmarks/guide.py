"""The guide for finance people with the figures of a build: `python benchmarks/guide.py FILE` writes docs/guide.md.

The text stands in guide.md beside this script; its figures are asked from the published file, so that they stay true.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import money, share

ONE_ROW = {
    "risk": "select * from marts.portfolio_risk where is_latest_period",
    "position": """select * from marts.reserve_review where is_latest_period and model_upper_amount < cost_value
        and model_reserve_amount < 0.6 * cost_value order by model_reserve_amount desc, item_id limit 1""",
    "total": """select * from valuation.reserve_total_ranges where dimension = 'company'
        and valuation_date = (select max(period_end) from marts.reserve_review)""",
    "coverage": """select avg(value) as rate, count(*) as origins from monitoring.model_accuracy
        where metric = 'interval_coverage' and method = 'champion'""",
    "overrides": "select sum(known_count) as known, sum(override_closer_count) as closer from marts.override_lookback",
    "decisions": "select count(*) as number from governance.approvals",
    "control": "select exception_count as number from marts.controls where control_name = 'four eyes'",
    "horizon": "select max(horizon_months) as months from outcomes.realised_outcomes",
}
UNEXPECTED = (
    """select avg(value) from monitoring.model_accuracy where metric = 'equal_reserve_unexpected' and method = ?"""
)
RELIEVED = """select -sum(amount) from marts.rollforward_long where component = ? and period_end = (
    select max(period_end) from marts.close_status where period_status = 'approved' and not is_latest_period)"""
REASONS = """select evidence, amount from marts.reserve_trace where item_id = ? and location_id = ? and period_end = ?
    and framework = ? and step = 'driver' order by line_no"""


def figures_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The figures that the text names, as it writes them."""

    def one(query: str, *values: object) -> dict:
        return next(iter(rows_of(connection, query, values)), {})

    told = {name: one(query) for name, query in ONE_ROW.items()}
    risk, position, total = told["risk"], told["position"], told["total"]
    key = (position["item_id"], position["location_id"], position["period_end"], position["framework"])
    reasons = connection.execute(REASONS, key).fetchall()
    missed = {
        name: next(iter(one(UNEXPECTED, method).values()))
        for name, method in (
            ("unexpected_model", "champion"),
            ("unexpected_ageing", "calibrated_ageing"),
            ("unexpected_coverage", "calibrated_coverage"),
        )
    }
    relieved = {
        f"relieved_by_{how}": money(next(iter(one(RELIEVED, f"relieved by {how}").values())))
        for how in ("sale", "scrap")
    }
    return {
        **{name: share(value) for name, value in missed.items()},
        **relieved,
        "period": str(risk["period_end"]),
        "currency": risk["currency"],
        "horizon": str(told["horizon"]["months"]),
        "cost": money(risk["cost_value"]),
        "reserve": money(risk["model_reserve_amount"]),
        "reserve_rate": share(risk["model_reserve_rate"]),
        "policy": money(risk["static_ageing_amount"]),
        "change": money(risk["model_reserve_change_amount"]),
        "item": f"{position['item_description']} ({position['item_id']})",
        "location": position["location_id"],
        "item_cost": money(position["cost_value"]),
        "item_reserve": money(position["model_reserve_amount"]),
        "item_lower": money(position["model_lower_amount"]),
        "item_upper": money(position["model_upper_amount"]),
        "coverage": share(told["coverage"]["rate"]),
        "origins": str(told["coverage"]["origins"]),
        "total_lower": money(total["reserve_lower_amount"]),
        "total_upper": money(total["reserve_upper_amount"]),
        "reasons": "\n".join(f"- {money(amount)}: {evidence}." for evidence, amount in reasons if abs(amount) >= 1),
        "approvals": str(told["decisions"]["number"]),
        "four_eyes": str(told["control"]["number"] or "no"),
        "overrides_known": str(told["overrides"]["known"] or 0),
        "overrides_closer": str(told["overrides"]["closer"] or 0),
    }


def main() -> int:
    """Write the guide."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("published", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/guide.md"))
    given = parser.parse_args()
    with duckdb.connect(given.published, read_only=True) as connection:
        text = Path(__file__).with_suffix(".md").read_text().format_map(figures_of(connection))
    given.out.write_text(text)
    print(f"Guide: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
