"""The last lines of a build, for a controller: what the stock cost, what is reserved, what to look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from inventory_valuation.policies.level import level_lines

_POSITIONS = """
    select
        period_end,
        sum(cost_value) as cost_value,
        sum(model_reserve_amount) as model_amount,
        coalesce(sum(static_ageing_amount), 0) as policy_amount,
        coalesce(sum(booked_amount), 0) as booked_amount,
        count(*) as positions
    from marts.reserve_review
    group by period_end
    order by period_end desc
    limit 2
"""
_BASELINES = """
    select
        count(distinct valuation_date),
        avg(value) filter (where method = 'static_ageing' and metric = 'reserve_ratio'),
        avg(value) filter (where method = 'static_ageing' and metric = 'equal_reserve_unexpected'),
        avg(value) filter (where method = 'moving_average' and metric = 'demand_wape'),
        avg(value) filter (where method = 'realised' and metric = 'obsolescence_rate')
    from outcomes.present_process_baselines
    having count(*) > 0
"""
_WAITING = """
    select
        period_end,
        awaiting_count,
        awaiting_amount,
        (select count(*) from governance.approvals where approval_status like 'holds%') as decisions,
        (select count(*) from governance.role_holders) as holders
    from marts.close_status
    where is_latest_period and awaiting_count > 0
"""
_PILOT = """
    select
        (
            select string_agg(distinct category, ' and ') from core.items
            where item_id in (select item_id from governance.reserve_decisions where method = 'ml')
        ),
        count(*) filter (where method = 'ml'),
        sum(proposed_amount) filter (where method = 'ml'),
        count(*) filter (where method <> 'ml'),
        sum(proposed_amount) filter (where method <> 'ml')
    from governance.reserve_decisions
    where period_end = (select max(period_end) from governance.reserve_decisions)
    having count(*) filter (where method <> 'ml') > 0
"""
_REFUSALS = """
    select check_name, measured_value
    from core.data_readiness
    where refuses_training
    order by check_name
"""
_LARGEST = """
    select
        item_id,
        location_id,
        coalesce(item_description, '') as item_description,
        cost_value,
        {amount},
        concat_ws('; ', reason_1, reason_2, reason_3) as reasons
    from marts.reserve_review
    where is_latest_period and {amount} > 0
    order by {amount} desc, item_id, location_id
    limit 5
"""
_ROWS = """
    select
        sum(rows_in) as rows_in,
        sum(rows_mended) as rows_mended,
        sum(rows_merged) as rows_merged,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_set_aside) as rows_set_aside,
        sum(abs(amount_quarantined)) as amount_quarantined
    from core.row_reconciliation
"""
_REASONS = """
    select table_name, reason, count(*) as quarantined
    from staging.quarantine
    group by table_name, reason
    order by quarantined desc, table_name, reason
    limit 3
"""
_CHECKS = """
    select check_name, status, measured_value, explanation
    from core.data_readiness
    where status <> 'ok'
    order by check_name
"""
_ALERTS = """
    select check_name, severity, message
    from monitoring.alerts
    order by case severity when 'high' then 1 when 'medium' then 2 else 3 end, check_name
    limit 5
"""


def summary_of(connection: DuckDBPyConnection, published_file: str) -> str:
    """The summary of the build in a database, as text of a few lines.

    Args:
        connection: to the build's database or a published copy of it.
        published_file: where reports find the tables.

    Returns:
        Lines separated by newlines; amounts in the reporting currency.
    """

    def rows(query: str) -> list[tuple]:
        return connection.execute(query).fetchall()

    periods = rows(_POSITIONS)
    lines = ["", "INVENTORY VALUATION"]
    if not periods:
        lines.append("  No month end has stock with a reserve yet: see core.data_readiness.")
    else:
        has_model = periods[0][2] is not None
        lines += _amounts(periods)
        lines += [_pilot(*row) for row in rows(_PILOT)] if has_model else [_refused(rows(_REFUSALS))]
        lines += [_waiting(*row) for row in rows(_WAITING)]
        lines += [line for row in rows(_BASELINES) for line in _baselines(*row)]
        lines += ["", f"  Five largest reserves by the {'model' if has_model else 'ageing policy'}"]
        largest = _LARGEST.format(amount="model_reserve_amount" if has_model else "static_ageing_amount")
        for item, location, description, cost, reserve, reasons in rows(largest):
            lines.append(f"    {_money(reserve):>14} of {_money(cost):>14}  {item} at {location}  {description[:44]}")
            lines += [f"    {'':>14}    {'':>14}  {reasons}"] if reasons else []
        lines += ["", "  Policies that decide the level of the reserve", *level_lines(connection)]
    lines += ["", "  Data", *_data(rows(_ROWS)[0], rows(_REASONS), rows(_CHECKS))]
    alerts = rows(_ALERTS)
    lines += [f"    {severity} alert, {name}: {message}" for name, severity, message in alerts]
    lines += ["", f"  Published for reports: {published_file}", ""]
    return "\n".join(lines)


def _amounts(periods: list[tuple]) -> list[str]:
    period, cost, model, policy, booked, positions = periods[0]
    lines = [
        f"  At {period}: {positions:,} positions with stock, amounts in the reporting currency",
        f"    {'Inventory at cost':<32}{_money(cost):>18}",
        f"    {'Reserve, model':<32}{_money(model):>18}   {_share(model, cost)} of cost",
        f"    {'Reserve, ageing policy':<32}{_money(policy):>18}   {_share(policy, cost)} of cost",
        f"    {'Reserve, booked here':<32}{_money(booked):>18}   {_share(booked, cost)} of cost",
    ]
    if len(periods) > 1:
        before = periods[1]
        lines.append(
            f"    Change on {before[0]}: cost {_change(cost, before[1])}, model {_change(model, before[2])}, "
            f"policy {_change(policy, before[3])}"
        )
    return lines


def _baselines(dates: int, ratio: float, missed: float, demand_error: float, obsolete: float) -> list[str]:
    return [
        f"    Without a model, mean of {dates} month ends as first measured: the ageing policy held {_rate(ratio)} of",
        f"    the loss that came, {_rate(missed)} of it missed at an equal total; a moving average missed demand by "
        f"{_rate(demand_error)}; {_rate(obsolete)} of positions sold nothing",
    ]


def _pilot(category: str | None, count: int, amount: Decimal | None, others: int, rest: Decimal) -> str:
    return (
        f"    Pilot in {category or 'a category without stock'}: the model proposes {_money(amount or Decimal(0))} for "
        f"{count:,} positions, the ageing policy {_money(rest)} for {others:,}"
    )


def _refused(refusals: list[tuple]) -> str:
    reasons = [f"{check}{_measured(value)} is insufficient" for check, value in refusals]
    reason = " and ".join(reasons) or "no outcome was known early enough to learn from"
    return f"    No model was trained, because {reason}: the ageing policy proposes in its place."


def _waiting(period: date, count: int, amount: Decimal, decisions: int, holders: int) -> str:
    waiting = f"{count:,} positions of {period} wait for a decision, {_money(amount)}: docs/governance.md"
    if not holders:
        return f"    Nobody may approve yet: name people and their roles in seeds/approvers.csv. {waiting}"
    return f"    {waiting}" if decisions else f"    Nobody has approved anything, so nothing is booked. {waiting}"


def _data(totals: tuple, reasons: list[tuple], checks: list[tuple]) -> list[str]:
    rows_in, mended, merged, quarantined, set_aside, amount = totals
    lines = [
        f"    {rows_in:,} rows in: {mended:,} mended, {merged:,} second deliveries merged, "
        f"{set_aside:,} no products, {quarantined:,} quarantined ({_money(amount)})"
    ]
    lines += [f"    quarantined in {table}: {reason} ({count:,})" for table, reason, count in reasons]
    lines += [f"    {status}: {name}{_measured(value)}. {text}" for name, status, value, text in checks]
    return lines


def _measured(value: float | None) -> str:
    return "" if value is None else f" ({value:,.4g})"


def _money(amount: Decimal | None) -> str:
    return "none" if amount is None else f"{amount:,.0f}"


def _change(now: Decimal | None, before: Decimal | None) -> str:
    return "none" if now is None or before is None else f"{now - before:+,.0f}"


def _rate(value: float | None) -> str:
    return "none" if value is None else f"{value:.0%}"


def _share(part: Decimal | None, whole: Decimal) -> str:
    return f"{part / whole:.1%}" if part is not None and whole else "-"
