"""The policies that decide the level of the reserve, each with what the total would be under its neighbours."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.policies.level import levels
from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import change, money, sentence

_HORIZON = "select max(horizon_months) as months from core.valuation_dates"
_CATEGORIES = "select category, horizon_months, recovery_rate, selling_cost_rate from policy.category_policy"
_BUCKETS = "select from_days, reserve_rate from policy.ageing_policy"
# Scenarios in which nothing but the policy is another, and the ageing policy with each bucket's rate moved by one.
_NEIGHBOURS = """
    with rates as (
        select
            bucket,
            reserve_rate,
            lead(reserve_rate, 1, reserve_rate) over (order by from_days) as older_rate,
            lag(reserve_rate, 1, reserve_rate) over (order by from_days) as younger_rate
        from policy.ageing_policy
    ),
    aged as (
        select
            sum(cost_value * rates.reserve_rate) as amount,
            sum(cost_value * older_rate) as older_amount,
            sum(cost_value * younger_rate) as younger_amount
        from costing.inventory_age_buckets
        inner join rates using (bucket)
        where valuation_date = (select valuation_date from core.valuation_dates where is_latest)
    )
    select
        case
            when horizon_change_months <> 0 then 'horizon_months'
            when recovery_change <> 0 then 'recovery_rate'
            else 'selling_cost_rate'
        end as policy,
        scenario,
        sum(changed_reserve_amount) as amount,
        sum(changed_reserve_amount - reserve_amount) as difference
    from learning.reserve_sensitivity
    inner join policy.sensitivity_scenarios using (scenario)
    where demand_factor = 1 and price_factor = 1
        and (
            case when horizon_change_months <> 0 then 1 else 0 end
            + case when recovery_change <> 0 then 1 else 0 end
            + case when selling_cost_change <> 0 then 1 else 0 end
        ) = 1
    group by all
    union all
    select 'ageing_policy', 'each bucket at the rate of the next older', older_amount, older_amount - amount
    from aged
    union all
    select 'ageing_policy', 'each bucket at the rate of the next younger', younger_amount, younger_amount - amount
    from aged
    order by policy, amount desc
"""


def level_lines(connection: DuckDBPyConnection) -> list[str]:
    """The policies of a build, each with the total under its neighbours and by how much that is another.

    Args:
        connection: to the build's database.
    """
    neighbours = [row for row in rows_of(connection, _NEIGHBOURS) if row["amount"] is not None]
    (horizon,) = rows_of(connection, _HORIZON)
    lines = []
    for level in levels(horizon["months"], rows_of(connection, _CATEGORIES), rows_of(connection, _BUCKETS)):
        lines += sentence(str(level))
        whose = "ageing policy" if level.name == "ageing_policy" else "model"
        for row in neighbours:
            if row["policy"] == level.name:
                lines.append(
                    f"    {money(row['amount']):>16}{change(row['difference']):>14}  {whose}: {row['scenario']}"
                )
    return lines
