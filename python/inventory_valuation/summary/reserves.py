"""What stock cost and what is reserved for it: by model and policy side by side, each with its look-back."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import change, money, plural, sentence, share

MODEL, POLICY = "champion", "static_ageing"
FITTED_RULES = ("calibrated_ageing", "calibrated_recency", "calibrated_coverage", "movement_rate")
_BRIDGE = "select * from marts.stock_bridge where is_latest_period order by sort_order"
_AMOUNTS = f"""
    select valuation_date, method, sum(reserve_amount) as amount, sum(cost_value) as cost_value
    from valuation.reserve_estimates
    where valuation_date in (select distinct period_end from marts.reserve_review order by period_end desc limit 2)
        and method in {(MODEL, POLICY, *FITTED_RULES)} and reserve_amount is not null
    group by all
    order by valuation_date desc
"""
_RANGE = """
    select reserve_lower_amount, reserve_upper_amount, known_origins
    from valuation.reserve_total_ranges
    where dimension = 'company'
        and valuation_date = (select max(period_end) from marts.reserve_review)
"""
_BOOKED = """
    select period_end, sum(booked_amount) as amount
    from marts.reserve_review
    group by period_end
    order by period_end desc
    limit 2
"""
# Means over the month ends at which the model was measured too, so that all are judged by the same losses.
_LOOKBACK = f"""
    with scores as (
        select
            valuation_date,
            method,
            max(value) filter (where metric = 'reserve_ratio') as held,
            max(value) filter (where metric = 'equal_reserve_unexpected') as missed
        from monitoring.model_accuracy
        group by all
    )
    select
        scores.method,
        count(*) as origins,
        avg(scores.held) as held,
        avg(scores.missed) as missed,
        avg(models.missed - scores.missed) as better_by,
        stddev_samp(models.missed - scores.missed) / sqrt(count(*)) as standard_error
    from scores
    left join scores as models on scores.valuation_date = models.valuation_date and models.method = '{MODEL}'
    where scores.missed is not null
        and (models.missed is not null or not exists (from scores where method = '{MODEL}' and missed is not null))
    group by scores.method
    order by missed, scores.method
"""
_CHAMPION = """
    select champions.model, champions.reason, candidates.description, candidates.complexity
    from learning.champions
    left join policy.candidate_models as candidates on champions.model = candidates.model
    order by valuation_date desc
    limit 1
"""
_REFUSALS = """
    select check_name, measured_value
    from core.data_readiness
    where refuses_training
    order by check_name
"""
_PILOT = f"""
    select
        (
            select string_agg(distinct category, ' and ') from core.items
            where item_id in (select item_id from governance.reserve_decisions where method = '{MODEL}')
        ) as category,
        count(*) filter (where method = '{MODEL}') as positions,
        sum(proposed_amount) filter (where method = '{MODEL}') as amount,
        count(*) filter (where method <> '{MODEL}') as others,
        sum(proposed_amount) filter (where method <> '{MODEL}') as rest
    from governance.reserve_decisions
    where period_end = (select max(period_end) from governance.reserve_decisions)
    having count(*) filter (where method <> '{MODEL}') > 0
"""
_BASELINES = """
    select
        count(distinct valuation_date) as dates,
        avg(value) filter (where method = 'static_ageing' and metric = 'reserve_ratio') as held,
        avg(value) filter (where method = 'static_ageing' and metric = 'equal_reserve_unexpected') as missed,
        avg(value) filter (where method = 'moving_average' and metric = 'demand_wape') as demand_error,
        avg(value) filter (where method = 'realised' and metric = 'obsolescence_rate') as obsolete
    from outcomes.present_process_baselines
    having count(*) > 0
"""
_LARGEST = """
    select
        item_id,
        location_id,
        coalesce(item_description, '') as item_description,
        cost_value,
        proposed_amount,
        concat_ws('; ', reason_1, reason_2, reason_3) as reasons
    from marts.reserve_review
    where is_latest_period and proposed_amount > 0
    order by proposed_amount desc, item_id, location_id
    limit 5
"""
_WORDS = {
    "positive stock": ("Stock on hand", "position", ""),
    "negative stock": ("Negative stock", "position", ": issued before the receipt was booked"),
    "in transit": ("In transit", "transfer line", ""),
    "inventory account": ("Inventory account", "", "What the ledger should hold"),
}


def stock_lines(connection: DuckDBPyConnection) -> list[str]:
    """Stock at cost as a bridge to the ledger."""
    lines = []
    for row in rows_of(connection, _BRIDGE):
        name, noun, more = _WORDS[row["component"]]
        told = f"{plural(row['line_count'], noun)}{more}" if noun else more
        lines.append(f"    {name:<34}{money(row['amount']):>18}   {told}")
    return lines


def reserve_lines(connection: DuckDBPyConnection) -> list[str]:
    """The reserve by model and policy side by side, with their look-back, and which of them proposes."""
    amounts = rows_of(connection, _AMOUNTS)
    dates = sorted({row["valuation_date"] for row in amounts}, reverse=True)
    cost = max((row["cost_value"] for row in amounts if row["valuation_date"] == dates[0]), default=None)
    known = {(row["method"], row["valuation_date"]): row["amount"] for row in amounts}
    lookback = {row["method"]: row for row in rows_of(connection, _LOOKBACK)}
    champion = next(iter(rows_of(connection, _CHAMPION)), None) if (MODEL, dates[0]) in known else None
    rule = next((method for method in lookback if method in FITTED_RULES), FITTED_RULES[0])
    before = f"since {dates[1]}" if len(dates) > 1 else ""
    lines = [f"    {'':<34}{'amount':>18}{'of cost':>9}{before:>18}{'reserved':>10}{'missed':>8}"]

    def line(name: str, now: object, earlier: object, method: str | None) -> str:
        seen = lookback.get(method, {"held": None, "missed": None})
        moved = change(now - earlier) if now is not None and earlier is not None else "-"
        return (
            f"    {name:<34}{money(now):>18}{share(now, cost, 1):>9}{moved if before else '':>18}"
            f"{share(seen['held']):>10}{share(seen['missed']):>8}"
        )

    trusted = champion["model"] if champion else "none"
    kind = "Trusted rule" if trusted in (POLICY, *FITTED_RULES) else "Model"
    names = {MODEL: f"{kind}: {_plain(trusted)}", POLICY: "Ageing policy"}
    for method in (MODEL, POLICY, rule):
        name = names.get(method, f"Best rule: {_plain(method)}")
        now, earlier = known.get((method, dates[0])), known.get((method, dates[1])) if before else None
        lines.append(line(name, now, earlier, method))
    booked = [row["amount"] for row in rows_of(connection, _BOOKED)]
    lines.append(line("Booked here", booked[0], booked[1] if len(booked) > 1 else None, None))
    if "booked" in lookback:
        lines.append(line("Booked by the company before", None, None, "booked"))
    if lookback:
        origins = max(row["origins"] for row in lookback.values())
        lines += sentence(
            f"Look-back over {plural(origins, 'month end')} with a known outcome. Reserved: the reserve in percent of "
            "the losses that came. Missed: the part of them that the reserve, scaled to their total, would have missed."
        )
    lines += _verdict(connection, champion, lookback)
    lines += _range(connection)
    for row in rows_of(connection, _BASELINES):
        lines += sentence(
            f"Before any model, as first measured over {plural(row['dates'], 'month end')}: the ageing policy reserved "
            f"{share(row['held'])} of the losses that came. Scaled to the same total it would still have missed "
            f"{share(row['missed'])} of them. A moving average of demand had an error of {share(row['demand_error'])} "
            f"of the demand. {share(row['obsolete'])} of the positions lost at least half their cost."
        )
    return lines


def _verdict(connection: DuckDBPyConnection, champion: dict | None, lookback: dict[str, dict]) -> list[str]:
    """Which of the two proposes, and why."""
    if champion is None:
        reasons = [
            f"{row['check_name']}{_measured(row['measured_value'])} is insufficient"
            for row in rows_of(connection, _REFUSALS)
        ]
        reason = " and ".join(reasons) or "no outcome was known early enough to learn from"
        return sentence(f"No model was trained, because {reason}: the ageing policy proposes in its place.")
    lines = []
    if champion["model"] in (POLICY, *FITTED_RULES):
        lines += sentence(f"The rule proposes, not a model: {champion['description']}; {champion['reason']}.")
    else:
        lines += sentence(f"The model proposes: {champion['description']}; {champion['reason']}.")
    for method, row in lookback.items():
        is_known = method in (POLICY, *FITTED_RULES) and row["standard_error"] is not None
        if is_known and row["better_by"] > row["standard_error"]:
            lines += sentence(
                f"The rule {_plain(method)} missed {100 * row['better_by']:.0f} percentage points less of the losses "
                f"than what proposes now (standard error {100 * row['standard_error']:.0f})."
            )
    for row in rows_of(connection, _PILOT):
        lines += sentence(
            f"Pilot in {row['category'] or 'a category without stock'}: the model proposes {money(row['amount'] or 0)} "
            f"for {plural(row['positions'], 'position')}, the ageing policy {money(row['rest'])} for {row['others']:,}."
        )
    return lines


def _range(connection: DuckDBPyConnection) -> list[str]:
    """Between what amounts the loss of the whole stock is expected."""
    lines = []
    for row in rows_of(connection, _RANGE):
        known = row["known_origins"]
        basis = (
            f"how far the totals of {plural(known, 'month end')} with a known outcome were off"
            if known
            else ("a first guess, since no earlier total has a known outcome yet")
        )
        lines += sentence(
            f"80 % range of the total by what proposes: {money(row['reserve_lower_amount'])} to "
            f"{money(row['reserve_upper_amount'])}, from {basis}."
        )
    return lines


def largest_lines(connection: DuckDBPyConnection) -> list[str]:
    """The five largest proposals, each with its reasons."""
    lines = []
    for row in rows_of(connection, _LARGEST):
        place = f"{row['item_id']} at {row['location_id']}  {row['item_description']}"
        lines.append(f"    {money(row['proposed_amount']):>14} of {money(row['cost_value']):>14}  {place[:76]}")
        lines += sentence(row["reasons"], indent=37) if row["reasons"] else []
    return lines


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _measured(value: float | None) -> str:
    return "" if value is None else f" ({value:,.4g})"
