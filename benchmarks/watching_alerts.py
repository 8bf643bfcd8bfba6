"""Sections of docs/watching.md: shifts by group, the history of alerts, trainings out of turn, connections."""

INTRODUCTION = """
- **Shift**: a run of months outside the range that should hold four in five, on one side, until its distances add up to
  the limit (`monitoring.shifts`). The limit is such that chance alone tells of one in three to ten months, however many
  groups a company has; what is counted here are true shifts and false alarms together.
- **Ageing policy later**: months from there to the month end at which the ageing policy holds five points more of the
  cost of the same group.
- **Connection**: an effect beyond chance, corrected for the number of tests (`monitoring.connections`).
"""

_SHIFTS = """
    select
        measure,
        dimension,
        count(distinct valuation_date) as months,
        round(count(*) / count(distinct valuation_date), 1) as groups,
        round(avg(cast(not is_outside as integer)), 3) as inside_range,
        count(*) filter (told_on = valuation_date) as shifts,
        round(count(*) filter (told_on = valuation_date) / count(distinct valuation_date), 2) as shifts_a_month
    from monitoring.shifts group by all order by all
"""
_LATER = """
    select
        count(*) as shifts,
        round(avg(datediff('month', outside_since, told_on)), 1) as months_to_tell,
        count(ageing_policy_reacted_on) as ageing_policy_reacted,
        median(datediff('month', told_on, ageing_policy_reacted_on)) as months_later_median,
        count(*) filter (ageing_policy_reacted_on <= told_on) as of_them_not_later
    from monitoring.shifts where told_on = valuation_date
"""
_TOLD = """
    select
        told_on,
        measure,
        member,
        outside_since,
        round(deviation_rate, 2) as deviation,
        round(lower_rate, 2) || ' to ' || round(upper_rate, 2) as usual,
        ageing_policy_reacted_on
    from monitoring.shifts where told_on = valuation_date order by told_on, measure, member
"""
_ALERTS = """
    select
        check_name,
        count(*) as alerts,
        count(*) filter (status <> 'closed') as open_now,
        sum(months_open) as month_ends_outside,
        min(opened_on) as first_opened,
        count(seen_by) as seen
    from monitoring.alerts group by check_name order by check_name
"""
_TRAININGS = """
    select origin_date as month_end, trained_because
    from learning.model_runs where trained_because <> 'calendar' group by all order by all
"""
_CONNECTIONS = """
    select
        connection,
        count(*) as tests,
        count(*) filter (is_found) as found,
        max_by(message, -p_value) as surest
    from monitoring.connections group by connection order by connection
"""


QUERIES = {
    "Shifts by measure": _SHIFTS,
    "Shifts, and when the ageing policy reacted": _LATER,
    "Every shift": _TOLD,
    "Alerts since the first": _ALERTS,
    "Trainings out of turn": _TRAININGS,
    "Connections": _CONNECTIONS,
}
