"""The few policies that decide how large the reserve is: what each is, its default, whose it is, and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from duckdb import DuckDBPyConnection

DEFAULT_HORIZON, DEFAULT_RECOVERY, DEFAULT_SELLING_COST = 12, 0.20, 0.05
DEFAULT_AGES = ((0, 0.0), (91, 0.25), (181, 0.5), (271, 0.75), (366, 1.0))


class Level(NamedTuple):
    """A policy that decides the level of the reserve.

    Attributes:
        name: the var or the seed's column.
        value: what it is, in words.
        default: what it is where nobody says otherwise; none: it is that.
        question: what it asks, and whose answer it is.
    """

    name: str
    value: str
    default: str | None
    question: str

    def __str__(self) -> str:
        """The policy as a line."""
        told = f"default {self.default}" if self.default else "the default"
        return f"{self.name} {self.value} ({told}). {self.question}"


def levels(
    horizon: object, categories: Iterable[Mapping[str, object]], buckets: Iterable[Mapping[str, object]]
) -> list[Level]:
    """The policies that decide the level.

    Args:
        horizon: the var horizon_months.
        categories: rows of the seed category_policy.
        buckets: rows of the seed ageing_policy.
    """
    categories = list(categories)
    ages = sorted((int(row["from_days"]), float(row["reserve_rate"])) for row in buckets)
    ends = [f" to {later - 1}" for later, _ in ages[1:]] + [" or more"]
    table = ", ".join(f"{first}{end} days {rate:.0%}" for (first, rate), end in zip(ages, ends, strict=False))
    return [
        Level(
            "horizon_months",
            f"{horizon}",
            None if horizon == DEFAULT_HORIZON else f"{DEFAULT_HORIZON}",
            "How far ahead is stock expected to sell? Merchandising and finance decide it together.",
        ),
        _of_categories(
            "recovery_rate",
            categories,
            DEFAULT_RECOVERY,
            "Which share of their cost do units fetch that stay unsold? Whoever sells off stock knows it.",
        ),
        _of_categories(
            "selling_cost_rate",
            categories,
            DEFAULT_SELLING_COST,
            "Which share of the price does it cost to complete and sell? Controlling knows it.",
        ),
        Level(
            "ageing_policy",
            table or "no bucket",
            None
            if ages == list(DEFAULT_AGES)
            else ", ".join(f"from {day} days {rate:.0%}" for day, rate in DEFAULT_AGES),
            "What does the company reserve by age today? Put its own table in: the CFO answers for it.",
        ),
    ]


def _of_categories(name: str, rows: list[Mapping[str, object]], default: float, question: str) -> Level:
    general = next((row[name] for row in rows if row["category"] == "*"), None)
    own = sum(1 for row in rows if row["category"] != "*" and row[name] is not None)
    told = "unknown" if general is None else f"{float(general):.0%}"
    if own:
        told += f", of its own in {own} {'category' if own == 1 else 'categories'}"
    is_default = general is not None and float(general) == default and not own
    return Level(name, told, None if is_default else f"{default:.0%}", question)


_HORIZON = "select max(horizon_months) from core.valuation_dates"
_ROWS = {
    "category_policy": "select category, recovery_rate, selling_cost_rate from policy.category_policy",
    "ageing_policy": "select from_days, reserve_rate from policy.ageing_policy",
}
# A scenario in which nothing but the policy is another.
_SCENARIOS = """
    select
        case
            when horizon_change_months <> 0 then 'horizon_months'
            when recovery_change <> 0 then 'recovery_rate'
            else 'selling_cost_rate'
        end as policy,
        scenario,
        sum(changed_reserve_amount - reserve_amount) + (
            select sum(model_reserve_amount) from marts.reserve_review where is_latest_period
        ) as amount
    from learning.reserve_sensitivity
    inner join policy.sensitivity_scenarios using (scenario)
    where demand_factor = 1 and price_factor = 1
        and (
            case when horizon_change_months <> 0 then 1 else 0 end
            + case when recovery_change <> 0 then 1 else 0 end
            + case when selling_cost_change <> 0 then 1 else 0 end
        ) = 1
    group by all
    order by policy, amount desc
"""
_AGES = """
    with rates as (
        select
            bucket,
            lead(reserve_rate, 1, reserve_rate) over (order by from_days) as older_rate,
            lag(reserve_rate, 1, reserve_rate) over (order by from_days) as younger_rate
        from policy.ageing_policy
    )
    select sum(cost_value * older_rate), sum(cost_value * younger_rate)
    from costing.inventory_age_buckets inner join rates using (bucket)
    where valuation_date = (select max(valuation_date) from core.valuation_dates)
"""


def level_lines(connection: DuckDBPyConnection) -> list[str]:
    """The policies of a build, each with the total under its neighbours.

    Args:
        connection: to the build's database or a published copy of it.
    """

    def rows(query: str) -> list[dict[str, object]]:
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    (horizon,) = connection.execute(_HORIZON).fetchall()[0]
    neighbours: dict[str, list[str]] = {}
    for policy, scenario, amount in connection.execute(_SCENARIOS).fetchall():
        if amount is not None:
            neighbours.setdefault(policy, []).append(f"{scenario} {amount:,.0f}")
    older, younger = connection.execute(_AGES).fetchall()[0]
    if older is not None:
        neighbours["ageing_policy"] = [f"by the rates of the next older bucket {older:,.0f}, younger {younger:,.0f}"]
    lines = []
    for level in levels(horizon, rows(_ROWS["category_policy"]), rows(_ROWS["ageing_policy"])):
        lines.append(f"    {level}")
        if level.name in neighbours:
            whose = "ageing policy's" if level.name == "ageing_policy" else "model's"
            lines.append(f"      The {whose} total would be about: {'; '.join(neighbours[level.name])}")
    return lines
