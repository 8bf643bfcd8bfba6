"""What came in, what is doubted, and which spellings were taken for one id."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import listed, money, plural, sentence

_ROWS = """
    select
        sum(rows_in) as rows_in,
        sum(rows_mended) as rows_mended,
        sum(rows_merged) as rows_merged,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_set_aside) as rows_set_aside
    from core.row_reconciliation
"""
# Doubts of every kind in one list, the dearest first: what was left out, what was left as it is, what is assumed.
_DOUBTS = """
    with reasons as (
        select
            table_name,
            string_agg(format('{} ({:,})', reason, row_count), ', ' order by row_count desc, reason) as told
        from (select table_name, reason, count(*) as row_count from staging.quarantine group by all)
        group by table_name
    ),
    doubts as (
        select
            format('Quarantined in {}: {}', table_name, reasons.told) as told,
            rows_quarantined as row_count,
            abs(amount_quarantined) as amount
        from core.row_reconciliation
        inner join reasons using (table_name)
        where rows_quarantined > 0
        union all
        select
            format('{} of {} looks wrong and is used as it is (staging.doubtful_values)', column_name, table_name),
            count(*),
            sum(abs(amount))
        from staging.doubtful_values
        group by table_name, column_name
        union all
        select
            'Two contents under one document number, of which neither is newer (staging.repeated_keys)',
            count(*),
            sum(abs(amount))
        from staging.repeated_keys
        having count(*) > 0
        union all
        select
            'Costs assumed for receipts without one (costing.provisional_costs)',
            count(*),
            sum(abs(provisional_amount))
        from costing.provisional_costs
        where is_open
        having count(*) > 0
        union all
        select format('Out of order: {} (core.time_order_exceptions)', kind), count(*), sum(abs(amount))
        from core.time_order_exceptions
        group by kind
    )
    select told, row_count, amount
    from doubts
    order by amount desc nulls last, row_count desc, told
"""
_SPELLINGS = """
    select
        match_rule,
        count(*) as spellings,
        coalesce(
            min(source_id || ' for ' || canonical_id) filter (where trim(source_id) <> canonical_id), 'blanks around it'
        ) as example
    from staging.id_cross_reference
    where master_table = 'items' and is_known and source_id <> canonical_id
    group by match_rule
    order by spellings desc, match_rule
"""
_JOINED = """
    select master_table, source_id, canonical_id
    from staging.id_cross_reference
    where is_in_master and source_id <> canonical_id
    order by master_table, canonical_id, source_id
"""
_CHECKS = """
    select check_name, status, measured_value, explanation
    from core.data_readiness
    where status <> 'ok'
    order by
        case status when 'insufficient' then 1 when 'marginal' then 2 else 3 end,
        check_name
"""
_MOST, _MOST_ABSENT = 6, 3


def data_lines(connection: DuckDBPyConnection) -> list[str]:
    """Rows, doubts by amount, ids that were joined, and the checks that are not well."""
    (rows,) = rows_of(connection, _ROWS)
    lines = sentence(
        f"{plural(rows['rows_in'], 'row')} in: {rows['rows_mended']:,} mended, {rows['rows_merged']:,} merged as "
        f"second deliveries, {rows['rows_set_aside']:,} set aside as no products, "
        f"{rows['rows_quarantined']:,} quarantined."
    )
    doubts = rows_of(connection, _DOUBTS)
    lines += [f"    {'amount':>14}{'rows':>8}  doubt"] if doubts else []
    for row in doubts[:_MOST]:
        first, *more = sentence(row["told"], indent=28)
        lines += [f"    {money(row['amount']):>14}{row['row_count']:>8,}  {first.strip()}", *more]
    lines += [f"    {len(doubts) - _MOST:>22,}  more doubts"] if len(doubts) > _MOST else []
    lines += _joined(connection)
    checks = rows_of(connection, _CHECKS)
    absent = [row["check_name"].removeprefix("table ") for row in checks if row["status"] == "absent"]
    if len(absent) > _MOST_ABSENT:
        checks = [row for row in checks if row["status"] != "absent"]
    for row in checks:
        value = row["measured_value"]
        told = "" if value is None or row["status"] == "absent" else f" ({value:,.4g})"
        lines += sentence(f"{row['status'].capitalize()}: {row['check_name']}{told}. {row['explanation']}")
    if len(absent) > _MOST_ABSENT:
        names = ", ".join(absent)
        lines += sentence(
            f"{len(absent)} tables are absent: {names}. core.data_readiness says what each of them costs."
        )
    return lines


def _joined(connection: DuckDBPyConnection) -> list[str]:
    lines = []
    if spellings := rows_of(connection, _SPELLINGS):
        told = [f"{row['match_rule']} {row['spellings']:,} ({row['example']})" for row in spellings]
        lines += sentence(f"Other spellings of an item's id, by what differs: {listed(told)}.")
    joined = [
        f"{row['source_id']} and {row['canonical_id']} ({row['master_table']})" for row in rows_of(connection, _JOINED)
    ]
    if joined:
        lines += sentence(
            f"Two rows of a master taken for one: {listed(joined)}. If they are two, say so in seeds/id_decisions.csv."
        )
    return lines
