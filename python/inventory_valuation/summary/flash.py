"""The stock on a day between month ends: what the reserve would be, and what moved it since the last month end."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import change, money, plural, sentence, share

_MOST = 5
_TOTALS = """
    select
        flash_date,
        month_end,
        count(*) filter (where flash_quantity > 0) as positions,
        sum(month_end_cost_value) as cost_before,
        sum(flash_cost_value) as cost_now,
        sum(month_end_reserve_amount) as reserve_before,
        sum(flash_reserve_amount) as reserve_now,
        sum(change_amount) as changed
    from marts.flash
    group by all
"""
_GROUPS = f"""
    select {{group}} as name, count(*) as positions, sum(change_amount) as changed
    from marts.flash
    where change_amount <> 0
    group by all
    order by abs(changed) desc, name
    limit {_MOST}
"""
_CAUSES = {
    "stock": "Stock that came or left",
    "baseline": "The usual loss of all stock",
    "rest": "Weaker drivers together",
    "other": "Limits and rounding",
    "nrv": "Net realizable value: demand and prices to come",
    "sell_through": "Sell-through: demand and prices to come",
}


def flash_lines(connection: DuckDBPyConnection) -> list[str]:
    """The flash against the last month end, in total, by category and by cause; nothing without a flash."""
    lines = []
    for total in rows_of(connection, _TOTALS):
        before, now = str(total["month_end"]), str(total["flash_date"])
        lines.append(f"    {'':<34}{before:>18}{now:>18}{'change':>14}")
        for name, kind in (("Stock on hand at cost", "cost"), ("Reserve", "reserve")):
            amounts = total[f"{kind}_before"], total[f"{kind}_now"]
            moved = change(amounts[1] - amounts[0])
            lines.append(f"    {name:<34}{money(amounts[0]):>18}{money(amounts[1]):>18}{moved:>14}")
        rates = [share(total[f"reserve_{when}"], total[f"cost_{when}"], 1) for when in ("before", "now")]
        lines.append(f"    {'Reserve in percent of cost':<34}{rates[0]:>18}{rates[1]:>18}")
        lines += _groups(connection, "By category", "category", {})
        lines += _groups(connection, "By what moved each position most", "main_cause", _CAUSES)
        lines += sentence(
            f"A flash values {plural(total['positions'], 'position')} by the models of the month ends. It is no "
            "period: nobody can propose, approve, book or close it, and the next build of a month end takes it away. "
            "Position by position: marts.flash."
        )
    return lines


def _groups(connection: DuckDBPyConnection, title: str, column: str, words: dict[str, str]) -> list[str]:
    """The groups whose reserve changed most."""
    rows = rows_of(connection, _GROUPS.format(group=column))
    lines = [f"    {title}"] if rows else []
    for row in rows:
        name = words.get(row["name"], str(row["name"]).replace("_", " ").capitalize())
        lines.append(f"      {name:<68}{change(row['changed']):>14}   {plural(row['positions'], 'position')}")
    return lines
