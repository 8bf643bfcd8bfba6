"""The sanity of a whole company: what is a thousand times off between two tables, nobody meant.

A file read in another dialect, a price per hundred, quantities in grams: such a slip is the same in all rows, so that
no row looks odd among its like. Only the tables against each other tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from duckdb import DuckDBPyConnection

# Trades differ by a factor of ten or thirty, not by three hundred.
TIMES_OFF, _LEAST_ITEMS = 300, 10

_RATES = """
    rates as (
        select upper(currency) as currency, median(cast(rate_to_reporting as double)) as rate
        from source_rows.fx_rates group by upper(currency)
    )"""
_VALUES = """
    select item_id, median(cast({column} as double) * coalesce(rates.rate, 1)) as {column}
    from source_rows.{table} left join rates on upper({table}.currency) = rates.currency
    where {column} > 0 group by item_id"""
_PRICES = f"""
    with {_RATES},
    costs as ({_VALUES.format(column="unit_cost", table="receipts")}),
    prices as ({_VALUES.format(column="unit_price", table="sales")})
    select count(*), median(unit_price / unit_cost), min(item_id),
        min_by(unit_cost, item_id), min_by(unit_price, item_id)
    from costs inner join prices using (item_id)"""
_QUANTITIES = """
    with came as (
        select item_id, sum(cast(quantity as double)) as quantity
        from (
            select item_id, quantity from source_rows.receipts where quantity > 0
            union all select item_id, quantity from source_rows.opening_stock where quantity > 0
        ) as documents group by item_id
    ),
    left_ as (
        select item_id, sum(cast(quantity as double)) as quantity
        from source_rows.sales where quantity > 0 group by item_id
    )
    select count(*), median(came.quantity / left_.quantity), min(item_id),
        min_by(came.quantity, item_id), min_by(left_.quantity, item_id)
    from came inner join left_ using (item_id)"""
_QUESTIONS = (
    (_PRICES, "prices of sales", "costs of receipts", "costs {first:,.4g} and sells at {second:,.4g}"),
    (_QUANTITIES, "quantities that came in", "quantities sold", "had {first:,.4g} come in and {second:,.4g} sold"),
)


def faults_of_scale(connection: DuckDBPyConnection, variables: Mapping[str, object]) -> Iterator[str]:
    """What is hundreds of times off between two tables, a sentence each.

    Args:
        connection: to the database in which the rows are laid out in the schema `source_rows`.
        variables: the vars of the project; `scale_is_right` says that it is meant.
    """
    if variables.get("scale_is_right"):
        return
    for query, one, other, example in _QUESTIONS:
        count, ratio, item, first, second = connection.execute(query).fetchall()[0]
        if count < _LEAST_ITEMS or ratio is None or 1 / TIMES_OFF <= ratio <= TIMES_OFF:
            continue
        off = f"{ratio:,.0f} times" if ratio > 1 else f"one in {1 / ratio:,.0f} of"
        yield (
            f"In the median of {count:,} items the {one} are {off} the {other} (the item {item} "
            f"{example.format(first=first, second=second)}): is a file written in another way than it is read, or a "
            "value stated per hundred? Mend it, or set the var scale_is_right to true if it is so."
        )
