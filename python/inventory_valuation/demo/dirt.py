"""What goes wrong between the shop floor and the extract: rows come twice, late, misspelt or wrong.

One row gets one kind of dirt, so that the truth table can say for each kind what should be found.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inventory_valuation.demo.catalogue import chosen, texts
from inventory_valuation.demo.knobs import Knobs, stream
from inventory_valuation.exact import MONEY, MONEY_UNIT, QUANTITY, QUANTITY_UNIT, to_decimals, to_units

KEYS = {
    "sales": ("order_id", "line_no"),
    "receipts": ("receipt_id", "line_no"),
    "customer_returns": ("return_id", "line_no"),
    "stock_adjustments": ("adjustment_id",),
}
SERVICES = (
    ("POSTAGE", 4.95), ("SHIPPING EXPRESS", 14.9), ("GIFT WRAP", 3.5), ("BANK CHARGES", 12.0), ("MANUAL", 20.0),
    ("TEST 001", 1.0), ("VOUCHER 25", 25.0), ("WARRANTY", 29.0), ("HANDLING FEES", 6.0),
)  # fmt: skip
FACTORS = np.array([10, 12, 100])
DAY = 86_400_000_000

Rows = np.ndarray
Change = Callable[[np.random.Generator, Knobs, pa.Table, Rows], pa.Table]


def soiled(knobs: Knobs, tables: dict[str, pa.Table]) -> tuple[dict[str, pa.Table], pa.Table]:
    """Soil the clean tables.

    Args:
        knobs: the shares of each kind.
        tables: the clean input tables.

    Returns:
        The dirty tables, and the truth: table_name, row_key (the key's values joined by '/'), kind.
    """
    tables, notes = dict(tables), []
    for name in KEYS:
        random = stream(knobs, f"dirt in {name}")
        free = random.permutation(len(tables[name]))
        for kind, share, change in _kinds(knobs, name):
            count = min(round(share * len(free)), len(free))
            rows, free = np.sort(free[:count]), free[count:]
            if count:
                before = len(tables[name])
                tables[name] = change(random, knobs, tables[name], rows)
                # Rows that were added stand at the end, and are the dirt themselves.
                added = np.arange(before, len(tables[name]))
                notes.append(_note(name, tables[name], added if len(added) else rows, kind))
    empty = pa.schema([(column, pa.string()) for column in ("table_name", "row_key", "kind")]).empty_table()
    return tables, pa.concat_tables([empty, *notes])


def _kinds(knobs: Knobs, table: str) -> list[tuple[str, float, Change]]:
    """Kinds of dirt of a table, each with its share; those that add rows come last."""
    spelling = ("id misspelt", knobs.id_share, _misspell)
    again = ("delivered again", knobs.duplicate_share, _deliver_again)
    unknown = ("item unknown", knobs.unknown_share, _unknown_item)
    if table == "sales":
        return [
            spelling,
            unknown,
            ("price slipped", knobs.slip_share, _slip("unit_price")),
            ("after the end", knobs.future_share, _postpone),
            ("quantity impossible", knobs.bad_quantity_share, _no_quantity),
            ("sent again with a changed quantity", knobs.resent_share, _send_changed),
            again,
            ("no product", knobs.service_share, _add_service),
        ]
    if table == "receipts":
        return [
            spelling,
            ("cost missing", knobs.cost_gap_share, _no_cost),
            ("cost slipped", knobs.slip_share * 2, _slip("unit_cost")),
            ("quantity impossible", knobs.bad_quantity_share, _no_quantity),
            ("booked late", knobs.late_booking_share, _book_late),
            again,
        ]
    if table == "customer_returns":
        return [
            spelling,
            unknown,
            ("returned more than sold", knobs.excess_return_share, _return_more),
            again,
        ]
    return [spelling, again]


def _note(name: str, table: pa.Table, rows: Rows, kind: str) -> pa.Table:
    keys = [table[column].take(pa.array(rows)).cast(pa.string()) for column in KEYS[name]]
    return pa.table(
        {
            "table_name": pa.repeat(name, len(rows)),
            "row_key": pc.binary_join_element_wise(*keys, "/"),
            "kind": pa.repeat(kind, len(rows)),
        }
    )


def _replaced(table: pa.Table, column: str, rows: Rows, values: pa.Array) -> pa.Table:
    """The table with other values of one column in some rows."""
    mask = np.zeros(len(table), bool)
    mask[rows] = True
    place = table.column_names.index(column)
    old = table[column].combine_chunks()
    sources = np.arange(len(old))
    sources[mask] = len(old) + np.arange(np.count_nonzero(mask))
    return table.set_column(place, column, pa.concat_arrays([old, values.cast(old.type)]).take(pa.array(sources)))


def _taken(table: pa.Table, column: str, rows: Rows) -> pa.Array:
    return table[column].combine_chunks().take(pa.array(rows))


def _misspell(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    ids = _taken(table, "item_id", rows)
    spellings = (
        pc.utf8_lower(ids),
        texts(ids, " "),
        texts(" ", ids),
        pc.replace_substring(ids, "-", ""),
        pc.replace_substring(ids, "-", "_"),
        texts("000", ids),
    )
    return _replaced(table, "item_id", rows, pc.choose(pa.array(random.integers(0, 6, len(rows))), *spellings))


def _unknown_item(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    names = texts("XX-", pa.array(random.integers(50_000, 99_999, len(rows))).cast(pa.string()))
    return _replaced(table, "item_id", rows, names)


def _scaled(values: pa.Array, factors: np.ndarray) -> pa.Array:
    """Decimals times whole factors."""
    return to_decimals(to_units(values, values.type) * factors, values.type)


def _slip(column: str) -> Change:
    def slip(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
        return _replaced(table, column, rows, _scaled(_taken(table, column, rows), random.choice(FACTORS, len(rows))))

    return slip


def _no_cost(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    cost = _taken(table, "unit_cost", rows)
    zero = _scaled(cost, np.zeros(len(rows), np.int64))
    is_null = pa.array(random.random(len(rows)) < 0.5)
    return _replaced(table, "unit_cost", rows, pc.if_else(is_null, pa.scalar(None, cost.type), zero))


def _no_quantity(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    signs = random.choice([0, -1], len(rows))
    return _replaced(table, "quantity", rows, _scaled(_taken(table, "quantity", rows), signs))


def _return_more(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    factors = random.integers(60, 200, len(rows))
    return _replaced(table, "quantity", rows, _scaled(_taken(table, "quantity", rows), factors))


def _shifted(table: pa.Table, column: str, rows: Rows, days: np.ndarray) -> pa.Table:
    moved = pc.add(_taken(table, column, rows).cast(pa.int64()), pa.array(days.astype(np.int64) * DAY))
    return _replaced(table, column, rows, moved.cast(table[column].type))


def _postpone(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    """A slip of the year that leads beyond the end of the data."""
    return _shifted(table, "sold_at", rows, random.integers(10, 60, len(rows)) * 365)


def _book_late(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    """Goods on the shelf whose receipt is booked days later: meanwhile the books sell what they do not have."""
    last = pc.max(table["received_at"]).cast(pa.int64()).as_py()
    moments = _taken(table, "received_at", rows).cast(pa.int64()).to_numpy()
    days = np.minimum(random.integers(3, 16, len(rows)), (last - moments) // DAY)
    table = _shifted(table, "received_at", rows, days)
    return _shifted(table, "loaded_at", rows, days)


def _send_changed(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    """The first delivery had another quantity; the right row came a day later."""
    first = table.take(pa.array(rows))
    first = _replaced(
        first,
        "quantity",
        np.arange(len(rows)),
        _scaled(first["quantity"].combine_chunks(), random.integers(2, 5, len(rows))),
    )
    return pa.concat_tables([_shifted(table, "loaded_at", rows, np.ones(len(rows))), first])


def _deliver_again(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    return pa.concat_tables([table, table.take(pa.array(rows))])


def _add_service(random: np.random.Generator, knobs: Knobs, table: pa.Table, rows: Rows) -> pa.Table:
    """Lines without goods on the orders of some sales."""
    lines = table.take(pa.array(rows))
    count, every = len(rows), np.arange(len(rows))
    kind = random.integers(0, len(SERVICES), count)
    price = pa.array([one[1] for one in SERVICES]).take(pa.array(kind))
    for column, values in {
        "line_no": pa.array(900 + every % 90),
        "item_id": chosen(tuple(one[0] for one in SERVICES), kind),
        "quantity": to_decimals(np.full(count, QUANTITY_UNIT), QUANTITY),
        "unit_price": to_decimals(np.rint(price.to_numpy() * MONEY_UNIT).astype(np.int64), MONEY),
        "discount_amount": pa.nulls(count),
        "promotion_id": pa.nulls(count),
    }.items():
        lines = _replaced(lines, column, every, values)
    return pa.concat_tables([table, lines])
