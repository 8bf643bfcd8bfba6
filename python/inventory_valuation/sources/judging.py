"""The SQL that judges every row of an input table: used, merged, set aside or quarantined, with its first reason.

`judged_rows` writes one select of a few CTEs, each made by a function of its own, from what the contract says of the
table. `stg_<table>` holds the used rows of it, `int_unused_rows` all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inventory_valuation.sources.contract import Table
from inventory_valuation.sources.reading import LARGEST_AMOUNT, largest

# A load that brings facts of more than a month ago in the median is a backfill, and tells nothing of when they became
# known, if it brings months of history and is the first one, or a tenth of the table; or if most rows of the table are
# so late. Else they are late facts.
_TIMELY_DAYS, _BULK, _HISTORY_DAYS = 31, 10, 60
# A load time that lies so far after all data is a slip, and would keep its row out of the books for good.
_LOAD_SLIP_DAYS = 366


def judged_rows(table: Table, relations: Mapping[str, str]) -> str:
    """The select that judges the rows of a table.

    Args:
        table: the input table.
        relations: by name, the relations to read, `source` (the rows as they came), `id_cross_reference`,
            `int_data_window`, and where the table needs them `int_opening_days`, `int_reporting_currency`,
            `int_fx_days` and those that its reasons name in braces; and as SQL `amount`, what a row is worth,
            `row_key`, what names it, and `days_of_a_document`, how far apart rows of one number may lie and still be
            one document.

    Returns:
        SQL with the columns of the contract, with ids in the master's spelling, and after them rate_to_reporting (where
        it has money), delivered_amount, mends, source_row_number, row_status, row_reason, row_key and known_at.
    """
    steps = dict(_steps(table, relations))
    ctes = ",\n\n".join(f"{name} as (\n{sql}\n)" for name, sql in steps.items())
    return f"with {ctes}\n\nselect * from {list(steps)[-1]}"


def _steps(table: Table, relations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield (
        "delivered",
        f"    select\n        *,\n        {relations['amount']} as delivered_amount\n    from {relations['source']}",
    )
    turned = [name for name, column in table.columns.items() if column.is_positive]
    if turned:
        yield "signs", _signs(turned)
    yield "identified", _identified(table, turned, relations)
    if table.has_money:
        yield "rated", _rated(table, relations)
    yield "weighed", _weighed(table, relations)
    yield "repeated_keys", _repeated_keys(table)
    yield "repeated", _repeated(table, relations["days_of_a_document"])
    yield "contents", _contents(table)
    if "line_no" in table.key:
        yield "renumbered", _renumbered(table)
    yield "merged", _merged(table)
    if table.happened:
        yield "loads", _loads(table)
        yield "known", _known(table, relations)
    yield "judged", _judged(table, relations["row_key"])


def _listed(names: list[str], indent: int = 8) -> str:
    return (",\n" + " " * indent).join(names)


def _noted(mends: list[str]) -> str:
    return f"nullif(concat_ws(\n            '; ',\n            {_listed(mends, 12)}\n        ), '')"


def _signs(turned: list[str]) -> str:
    """Some systems book what leaves, or comes back, as negative: the habit of nine in ten rows decides."""
    habits = [f"count_if({name} < 0) > 9 * count_if({name} > 0) as turns_{name}" for name in turned]
    return f"    select\n        {_listed(habits)}\n    from delivered"


def _identified(table: Table, turned: list[str], relations: Mapping[str, str]) -> str:
    columns, mends = [], []
    for name, column in table.columns.items():
        if column.id_of:
            columns += [
                f"coalesce({name}_spelling.canonical_id, delivered.{name}) as {name}",
                f"coalesce({name}_spelling.is_known, false) as {name}_is_known",
                f"coalesce({name}_spelling.match_rule, 'unknown') as {name}_match_rule",
            ]
            mends.append(
                f"case when delivered.{name} <> {name}_spelling.canonical_id then '{name} was ' || delivered.{name} end"
            )
        elif name in turned:
            columns.append(f"case when turns_{name} then -delivered.{name} else delivered.{name} end as {name}")
            mends.append(f"case when turns_{name} and delivered.{name} < 0 then '{name} was ' || delivered.{name} end")
        elif name == "currency":
            columns.append("upper(delivered.currency) as currency")
        else:
            columns.append(f"delivered.{name}")
    mends.append("delivered.unreadable_columns || ' could not be read'")
    kind = "item_id_spelling.non_product_kind" if "item_id" in table.columns else "cast(null as varchar)"
    joins = [
        f"    left join {relations['id_cross_reference']} as {name}_spelling\n"
        f"        on {name}_spelling.master_table = '{master}' and {name}_spelling.source_id = delivered.{name}"
        for name, master in table.ids.items()
    ]
    joins += ["    cross join signs"] if turned else []
    joined = "\n".join(["    from delivered", *joins])
    return f"""    select
        {_listed(columns)},
        {kind} as non_product_kind,
        {_noted(mends)} as mends,
        delivered.delivered_amount,
        delivered.unreadable_columns,
        delivered.further_hash,
        delivered.loaded_at,
        delivered.source_row_number
{joined}"""


def _rated(table: Table, relations: Mapping[str, str]) -> str:
    day = f"cast(identified.{table.happened} as date)" if table.happened else "data_window.last_day"
    return f"""    select
        identified.*,
        case
            when coalesce(identified.currency, reporting.currency) = reporting.currency then 1
            else fx_days.rate_to_reporting
        end as rate_to_reporting
    from identified
    cross join {relations["int_reporting_currency"]} as reporting
    cross join {relations["int_data_window"]} as data_window
    left join {relations["int_fx_days"]} as fx_days
        on
            identified.currency = fx_days.currency
            and fx_days.day = least(greatest({day}, data_window.first_day), data_window.last_day)"""


def _weighed(table: Table, relations: Mapping[str, str]) -> str:
    lines = "\n            ".join(f"when {condition} then {reason}" for condition, reason in _reasons(table, relations))
    window = opening = ""
    if table.happened:
        window = f"\n    cross join {relations['int_data_window']} as data_window"
    if "int_opening_days" in relations:
        place = "from_location_id" if table.name == "transfers" else "location_id"
        opening = f"""
    left join {relations["int_opening_days"]} as opening_days
        on facts.item_id = opening_days.item_id and facts.{place} = opening_days.location_id
    left join {relations["int_opening_days"]} as company_opening on company_opening.item_id is null"""
    return f"""    select
        facts.*,
        case
            {lines}
        end as quarantine_reason
    from {"rated" if table.has_money else "identified"} as facts{window}{opening}"""


def _reasons(table: Table, relations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Conditions under which a row can't be used, each with its reason as SQL, in order."""
    for name in table.needs:
        column = table.columns[name]
        if column.data_type.startswith("decimal"):
            too_large = f"'{name} is beyond {largest(column):,}'"
            yield f"facts.{name} is null and contains(unreadable_columns, '{name} (beyond')", too_large
        yield f"facts.{name} is null and contains(unreadable_columns, '{name}')", f"'{name} can not be read'"
        yield f"facts.{name} is null", f"'{name} is missing'"
    for name in table.needs:
        if table.columns[name].id_of in ("items", "locations") and not (table.is_master and table.key == (name,)):
            yield f"not {name}_is_known", f"'{name} is ' || {name}_match_rule"
    yield from _reasons_of_time(table, relations)
    for reason, condition in table.rejected_where.items():
        yield condition.format_map(relations), "'" + reason.replace("'", "''") + "'"
    if table.has_money and table.needs_rate:
        yield "rate_to_reporting is null", "'no exchange rate for its currency and day'"
    for amount in _amounts(table):
        yield f"abs({amount}) > {LARGEST_AMOUNT}", f"'an amount beyond {LARGEST_AMOUNT:,}'"


def _reasons_of_time(table: Table, relations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not table.happened:
        return
    day = f"cast(facts.{table.happened} as date)"
    # Only movements are bounded to the day: an order may be older than all of them, and a balance is of a month's end.
    first = "data_window.first_day" if table.is_movement else "data_window.first_day - 1830"
    last = "data_window.last_day" if table.is_movement else "last_day(data_window.delivered_on)"
    yield f"{day} < {first}", "'before the first day of the data'"
    yield f"{day} > {last}", "'after the last day of the data'"
    if "int_opening_days" in relations:
        opened_on = "coalesce(opening_days.opened_on, company_opening.opened_on)"
        yield f"{day} < {opened_on}", "'before the opening stock, which holds its effect already'"


def _amounts(table: Table) -> Iterator[str]:
    """What must not be too large, in the row's currency and in the reporting one, as doubles."""
    amounts = [name for name, column in table.columns.items() if column.money] if table.has_money else []
    if table.amount and "*" in table.amount:
        amounts.append(" * ".join(table.amount.split()[0:3:2]))
    for amount in amounts:
        value = " * ".join(f"cast(facts.{name} as double)" for name in amount.split(" * "))
        yield value
        if table.has_money:
            yield f"{value} * rate_to_reporting"


def _key(table: Table, of: str = "") -> list[str]:
    """What names a fact: a balance is of a month, as in calendars of four and five weeks."""
    return [f"last_day({of}{name})" if table.columns[name].is_month else of + name for name in table.key]


def _same_document(table: Table) -> list[str]:
    """What rows share that are deliveries of one fact under one key.

    A key that does not name one line for good (an adjustment of two pallets) is told apart by the columns that the
    contract does not know; so is a complete one of which a part is missing (a till without line numbers).
    """
    if table.is_master:
        return _key(table)
    if table.is_line_key:
        incomplete = " or ".join(f"{name} is null" for name in table.key)
        return [*table.key, "document_number", f"case when {incomplete} then further_hash end"]
    return [*table.key, "document_number", "further_hash"]


def _repeated_keys(table: Table) -> str:
    """Few keys come more than once: only their rows are compared with each other."""
    key = zip(_key(table), table.key, strict=True)
    names = ", ".join(name if named == name else f"{named} as {name}" for named, name in key)
    return f"    select {names}\n    from weighed\n    group by all\n    having count(*) > 1"


def _repeated(table: Table, days_of_a_document: str) -> str:
    same_key = " and ".join(
        f"{key} is not distinct from repeated_keys.{name}"
        for key, name in zip(_key(table, "weighed."), table.key, strict=True)
    )
    contents = ", ".join([*(f"weighed.{name}" for name in _comparable(table)), "weighed.further_hash"])
    is_far = "false"
    if table.happened and not table.is_master:
        key = ", ".join(_key(table, "weighed."))
        before = f"lag(weighed.{table.happened}) over (partition by {key} order by weighed.{table.happened})"
        is_far = f"weighed.{table.happened} - {before} > interval {days_of_a_document} day"
        if table.columns[table.happened].data_type == "date":
            is_far = f"weighed.{table.happened} - {before} > {days_of_a_document}"
    return f"""    select
        weighed.*,
        {is_far} as begins_anew,
        row_number() over (
            partition by {contents}
            order by weighed.loaded_at nulls last, weighed.source_row_number
        ) as delivery_number
    from weighed
    inner join repeated_keys on {same_key}"""


def _comparable(table: Table) -> list[str]:
    return [name for name, column in table.columns.items() if column.data_type != "blob"]


def _contents(table: Table) -> str:
    """What can't be used takes no other row's place, even if it came later."""
    key = ", ".join(_key(table))
    order = f"{table.happened}, source_row_number" if table.happened else "source_row_number"
    same = ", ".join(_same_document(table))
    of_month = "".join(f"{name}, " for name in table.key if table.columns[name].is_month)
    return f"""    select
        *,
        count(*) over same_fact as contents_of_key,
        last_value(source_row_number) over same_fact as last_row_of_key,
        last_value(loaded_at) over same_fact as last_loaded_at_of_key
    from (
        select
            *,
            sum(cast(coalesce(begins_anew, false) as int)) over (
                partition by {key} order by {order} rows between unbounded preceding and current row
            ) as document_number
        from repeated
    ) as documents
    window same_fact as (
        partition by {same}, delivery_number > 1, quarantine_reason is null
        order by {of_month}loaded_at nulls first, source_row_number
        rows between unbounded preceding and unbounded following
    )"""


def _renumbered(table: Table) -> str:
    """A document delivered again may number its lines in another order.

    Of a content that stands on as many lines as the lines have contents, one row in that many is the fact, the others
    are its second delivery. A content that stands on fewer lines was changed, not renumbered.
    """
    content = ", ".join(["further_hash", *(name for name in _comparable(table) if name != "line_no")])
    return f"""    select
        source_row_number,
        count(*) over same_content >= contents_of_key
        and row_number() over same_content > count(*) over same_content / contents_of_key as is_second
    from contents
    where contents_of_key > 1 and delivery_number = 1
    window same_content as (
        partition by {content}
        order by source_row_number
        rows between unbounded preceding and unbounded following
    )"""


def _merged(table: Table) -> str:
    renumbered = join = ""
    if "line_no" in table.key:
        renumbered = (
            "\n            when renumbered.is_second then 'the same row delivered again under another line number'"
        )
        join = "\n    left join renumbered on weighed.source_row_number = renumbered.source_row_number"
    later = "" if table.is_master else " and last_loaded_at_of_key > weighed.loaded_at"
    return f"""    select
        weighed.*,
        case
            when delivery_number > 1 then 'the same row delivered again'{renumbered}
            when contents.source_row_number <> last_row_of_key{later}
                then 'replaced by a later delivery of the same key'
        end as merge_reason
    from weighed
    left join contents on weighed.source_row_number = contents.source_row_number{join}"""


def _loads(table: Table) -> str:
    lateness = f"cast(loaded_at as date) - cast({table.happened} as date)"
    return f"""    select
        cast(loaded_at as date) as load_day,
        median({lateness}) > {_TIMELY_DAYS}
        and (
            (
                max(cast({table.happened} as date)) - min(cast({table.happened} as date)) > {_HISTORY_DAYS}
                and (
                    cast(loaded_at as date) = min(cast(loaded_at as date)) over ()
                    or {_BULK} * count(*) >= sum(count(*)) over ()
                )
            )
            or (select median({lateness}) > {_TIMELY_DAYS} from merged)
        ) as is_backfill
    from merged
    where loaded_at is not null
    group by cast(loaded_at as date)"""


def _known(table: Table, relations: Mapping[str, str]) -> str:
    return f"""    select
        merged.*,
        coalesce(loads.is_backfill, false) as is_backfill,
        cast(merged.loaded_at as date) > data_window.last_day + {_LOAD_SLIP_DAYS} and not loads.is_backfill
            as is_load_time_wrong
    from merged
    left join loads on cast(merged.loaded_at as date) = loads.load_day
    cross join {relations["int_data_window"]} as data_window"""


def _judged(table: Table, row_key: str) -> str:
    columns = [
        *table.columns,
        *(["rate_to_reporting"] if table.has_money else []),
        "delivered_amount",
    ]
    mends = ["mends"]
    known_at = "cast(null as timestamp)"
    if table.has_money and not table.needs_rate:
        mends.append("case when rate_to_reporting is null then 'money left out: no exchange rate for ' || currency end")
    if table.happened:
        mends.append("case when is_load_time_wrong then 'left out: loaded_at of ' || loaded_at end")
        known_at = f"""case
            when loaded_at > {table.happened} and not is_backfill and not is_load_time_wrong then loaded_at
            else cast({table.happened} as timestamp)
        end"""
    return f"""    select
        {_listed(columns)},
        {_noted(mends)} as mends,
        source_row_number,
        case
            when merge_reason is not null then 'merged'
            when non_product_kind is not null then 'set aside'
            when quarantine_reason is not null then 'quarantined'
            else 'used'
        end as row_status,
        coalesce(merge_reason, non_product_kind, quarantine_reason) as row_reason,
        {row_key} as row_key,
        {known_at} as known_at
    from {"known" if table.happened else "merged"}"""
