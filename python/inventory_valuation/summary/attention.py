"""What a controller looks at first, and what waits for a decision."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import change, listed, money, plural, sentence

_LOST = """
    select * from marts.decisions_without_effect
    order by status <> 'lapsed', abs(coalesce(amount, 0)) desc, subject_type, subject_key
"""
_OPENING = "select opening_question from marts.close_status where opening_question is not null"
# That a rule knew better than the model stands before all else that is of the same weight.
_ALERTS = """
    select
        alerts.check_name,
        alerts.severity,
        monitoring_thresholds.message as template,
        min(alerts.message) as message,
        min(alerts.opened_on) as opened_on,
        list(alerts.subject order by abs(alerts.value) desc, alerts.subject) as subjects
    from monitoring.alerts
    inner join policy.monitoring_thresholds using (check_name)
    where alerts.status <> 'closed'
    group by alerts.check_name, alerts.severity, monitoring_thresholds.message
    order by
        alerts.check_name <> 'gain_over_rules',
        case alerts.severity when 'high' then 1 when 'medium' then 2 else 3 end,
        alerts.check_name
"""
# Once a later period is approved, decisions on an earlier one come late: it waits for nothing but to be closed.
_WAITING = """
    select period_end, awaiting_count, awaiting_amount, awaiting_override_count, next_step
    from marts.close_status
    left join books.int_period_states as states using (period_end)
    where is_open and not coalesce(is_overtaken, false) and (awaiting_count > 0 or is_latest_period)
    order by period_end
"""
_CLOSED = """
    select period_end, closed_by, cast(closed_at as date) as closed_on
    from sealed.closings
    order by period_end desc
    limit 1
"""
_TO_CLOSE = """
    select count(*) as periods, min(period_end) as first_end, max(period_end) as last_end
    from books.int_period_states
    where may_be_closed and not is_closed
    having count(*) > 0
"""
_OTHER_BOOKS = "select * from sealed.other_books where not exists (from sealed.closings) order by set_of_books"
_PEOPLE = """
    select
        (select count(*) from governance.approvals where approval_status like 'holds%') as decisions,
        (select count(*) from governance.role_holders) as holders
"""
_MOST = 5


def first_lines(connection: DuckDBPyConnection) -> list[str]:
    """What lapsed or was refused, with its amount, what the books ask, and the alerts."""
    lost = rows_of(connection, _LOST)
    lines = [line for row in lost[:_MOST] for line in _lost(row)]
    if len(lost) > _MOST:
        rest = sum(row["amount"] or 0 for row in lost[_MOST:])
        lines.append(f"    {len(lost) - _MOST:,} more, {money(rest)}: marts.decisions_without_effect")
    for row in rows_of(connection, _OPENING):
        lines += sentence(f"Opening balance: {row['opening_question']}.")
    for row in rows_of(connection, _OTHER_BOOKS):
        lines += sentence(
            f"No period of these books is closed, and those of '{row['set_of_books']}' are, through "
            f"{row['closed_through']}: if they are the same, give the var set_of_books their name."
        )
    for row in rows_of(connection, _ALERTS):
        template = row["template"].replace("{subject}", listed(row["subjects"])).replace(" {detail}", "")
        told = template if len(row["subjects"]) > 1 else row["message"].strip()
        lines += sentence(f"Alert ({row['severity']}, since {row['opened_on']}): {told}")
    return lines


def _lost(row: dict[str, object]) -> list[str]:
    kind = {
        "period": "the period",
        "write_down": "the reserve of",
        "override": "the override",
        "request": "the request",
    }
    amount = "" if row["amount"] is None else f", {money(row['amount'])}"
    told = (
        f"{str(row['status']).capitalize()}{amount}: {kind[row['subject_type']]} {row['subject_key']} ({row['person']})"
    )
    if row["refusal_reason"]:
        told += f": {row['refusal_reason']}"
    if row["renewed_count"]:
        told += (
            f"; {plural(row['renewed_count'], 'position')} proposed anew because of {row['renewed_because']}, "
            f"{change(row['renewed_amount'])}"
        )
    return sentence(told + ".")


def waiting_lines(connection: DuckDBPyConnection) -> list[str]:
    """How far the books are closed, what can be closed, what waits in each open period, and what to do next."""
    (people,) = rows_of(connection, _PEOPLE)
    lines = []
    for row in rows_of(connection, _CLOSED):
        lines += sentence(f"Closed through {row['period_end']}, by {row['closed_by']} on {row['closed_on']}.")
    for row in rows_of(connection, _TO_CLOSE):
        several = row["periods"] > 1
        told = f"{row['first_end']} to {row['last_end']}" if several else str(row["last_end"])
        lines += sentence(
            f"{plural(row['periods'], 'period')} can be closed, {told}: make close PERIOD={row['last_end']} "
            f"BY=<who closes it>{' CLOSE_OPTIONS=--with-earlier' if several else ''}"
        )
    for row in rows_of(connection, _WAITING):
        told = f"{row['period_end']}: "
        if row["awaiting_count"]:
            told += f"{plural(row['awaiting_count'], 'position')} wait for a decision, {money(row['awaiting_amount'])}"
            if row["awaiting_override_count"]:
                told += f", {row['awaiting_override_count']:,} of them with an override"
        else:
            told += "nothing waits"
        lines += sentence(f"{told}. Next: {row['next_step']}." if people["holders"] else f"{told}.")
    if not people["holders"]:
        lines += sentence(
            "Nobody may approve yet: name people and their roles in seeds/approvers.csv (docs/governance.md)."
        )
    elif not people["decisions"]:
        lines += sentence("Nobody has approved anything, so nothing is booked (docs/governance.md).")
    return lines
