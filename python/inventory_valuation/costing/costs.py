"""What the stock cost: one compiled pass over the movement ledger per costing method.

The ledger is read item by item, in the order of `movement_number`, all positions of an item together,
so that a transfer can carry layers, cost and age from one position to another. Money is whole ten-thousandths,
quantities are whole millionths. A layer keeps its first quantity and value and how much of it has gone; the cost of
an issue is the difference of two rounded cumulative shares, so nothing is ever lost to rounding.

Policies (each tested in `tests/library/test_costing.py`):

- *Negative stock* is issued at the last known unit cost. The next inbound covers it first; the
  difference between its cost and the provisional one is the variance of that inbound. The last
  known cost is that of the last units that came in with a cost, or of the last that left when the
  position was emptied; else the item's last known cost elsewhere, else its standard cost, else 0.
- *Customer returns* come back at the cost their sale left at, pro rata over repeated returns; units
  beyond the sale, or of an unknown sale, at the cost of what the method lets leave next (last known if empty). They
  queue behind the stock on hand, and keep the age at which they left.
- *Supplier returns and scrapped returns* take the layer of their receipt or return first, then
  follow the method. Under the average they leave at the cost of that receipt, but never take more
  value than the position holds.
- *Transfers* move exactly the layers that left, with cost and age; layers queue by day of receipt.
- *Cost adjustments* (late landed cost, invoice variance) follow the receipt's units wherever they now
  are, at its position, at others or under way between two; what was issued by then is variance. Under
  the average they follow its cost: each issue took the same part of all that was in its pool, and each
  transfer carried that part to another. Without a known receipt they are spread over what is on hand.
- *Stock on hand* is never worth less than nothing: what a rebate or a correction would take beyond
  that is variance.
- *Inbounds without a cost*: receipts and opening stock at the last known cost, found stock at the
  current average cost.
- *Standard*: the value of a position is its quantity at standard cost; every difference from the
  documents' cost is variance (purchase price variance). Items without a standard cost have none
  here; `issue_costs` and `inventory_costs` let them stand at their average.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from inventory_valuation.costing import kernel
from inventory_valuation.costing.ledger import (
    COSTING_METHODS,
    LEDGER_COLUMNS,
    MOVEMENT_TYPES,
    STATE_SCHEMA,
    Checkpoint,
    Ledger,
    in_batches,
    read_ledger,
    state_table,
)
from inventory_valuation.exact import MONEY, QUANTITY, to_days, to_decimals, to_unit_values

__all__ = [
    "COSTING_METHODS",
    "LEDGER_COLUMNS",
    "MOVEMENT_TYPES",
    "Checkpoint",
    "cost_movements",
    "costing_states",
    "costs_side_by_side",
    "open_layers",
]


class _Standards(NamedTuple):
    """Standard cost by item code: a value in ten-thousandths for a whole quantity in millionths."""

    is_known: NDArray[np.bool_]
    values: NDArray[np.int64]
    wholes: NDArray[np.int64]


def _standards(standard_costs: pa.Table, items: pa.Array) -> _Standards:
    """Standard costs of the ledger's items."""
    given = standard_costs.filter(pc.greater_equal(standard_costs["standard_cost"], 0))
    if len(given) == 0:
        return _Standards(np.zeros(len(items), np.bool_), *np.zeros((2, len(items)), np.int64))
    values, wholes = to_unit_values(given["standard_cost"])
    found = pc.index_in(items, given["item_id"].combine_chunks().cast(items.type))
    is_known, rows = found.is_valid().to_numpy(zero_copy_only=False), found.fill_null(0).to_numpy(zero_copy_only=False)
    return _Standards(is_known, np.where(is_known, values[rows], 0), np.where(is_known, wholes[rows], 0))


def _places(ledger: Ledger) -> NDArray:
    """The positions before the first movement."""
    places = np.zeros(len(ledger.location_codes), kernel.POSITION)
    places["first"] = places["last"] = -1
    return places


def _results(method: int, ledger: Ledger) -> NDArray:
    """Results of all rows: nothing yet, but of what was costed earlier."""
    results = np.zeros(len(ledger.entries), kernel.RESULT)
    if len(ledger.earlier_results[method]):
        results[~ledger.is_new] = ledger.earlier_results[method]
    return results


class _Pass(NamedTuple):
    """What the kernel found in one pass."""

    results: NDArray  # of all rows
    traces: NDArray  # under the average, of the rows that have one
    followed: NDArray  # where cost adjustments found their receipts' units
    open_layers: NDArray
    states: NDArray


_NO_DATES = np.empty(0, np.int32)


def _run(
    method: int,
    ledger: Ledger,
    standards: _Standards,
    dates: NDArray[np.int32] = _NO_DATES,
    state_dates: NDArray[np.int32] = _NO_DATES,
) -> _Pass:
    """One pass of the kernel, with the layers open at some dates or the states at others."""
    entries, memory, memory_ends = ledger.entries, ledger.memories[method], ledger.memory_ends[method]
    items = np.zeros(len(standards.is_known), kernel.POSITION)
    items["known_quantity"], items["known_value"] = standards.wholes, standards.values
    is_saved = np.repeat([False, True], [len(dates), len(state_dates)])
    dates = np.concatenate([dates, state_dates])
    layers = np.empty(np.max(ledger.layers_brought + np.diff(memory_ends, prepend=0), initial=0), kernel.LAYER)
    followed = np.empty(4 * ledger.kind_counts[kernel.COST_ADJUSTMENT], kernel.FOLLOWED)
    traced = sum(ledger.kind_counts[list(kernel.TRACED_KINDS)]) if method == kernel.AVERAGE else 0
    rows = np.empty((len(dates) - len(state_dates)) * len(ledger.location_codes), kernel.OPEN_LAYER)
    states = np.empty(len(state_dates) * 4 * len(ledger.location_codes), kernel.STATE)
    results, progress = _results(method, ledger), np.array([0, -1, 0, 0, 0, 0, 0, 0, 0])
    places, traces = _places(ledger), np.empty(traced, kernel.TRACE)
    while full := kernel.fold(
        method,
        entries,
        ledger.item_starts,
        ledger.item_ends,
        ledger.item_positions,
        memory,
        memory_ends,
        dates,
        np.searchsorted(dates, ledger.continued_on, side="right"),
        is_saved,
        results,
        places,
        items,
        layers,
        np.empty(len(layers), np.int64),
        ledger.earlier_traces if traced else traces,
        np.searchsorted(ledger.earlier_traces["row"], ledger.item_ends) * bool(traced),
        traces,
        np.empty(np.max(np.diff(ledger.item_positions), initial=0)),
        followed,
        rows,
        states,
        progress,
    ):
        followed = np.resize(followed, 2 * len(followed) + 16) if full == kernel.FOLLOWED_FULL else followed
        rows = np.resize(rows, 2 * len(rows) + 16) if full == kernel.LAYERS_FULL else rows
        states = np.resize(states, 2 * len(states) + len(layers) + 16) if full == kernel.STATES_FULL else states
    return _Pass(results, traces[: progress[8]], followed[: progress[4]], rows[: progress[5]], states[: progress[6]])


class _Costs(NamedTuple):
    """What one method says of every row to be costed, item by item."""

    value_change: NDArray[np.int64]
    variance_amount: NDArray[np.int64]
    is_provisional: NDArray[np.bool_]
    is_cost_assumed: NDArray[np.bool_]
    left_on: NDArray[np.int32]
    traces: NDArray  # under the average, of the rows that have one
    followed: NDArray  # where cost adjustments found their receipts' units


def _cost_layered(method: int, ledger: Ledger, standards: _Standards) -> _Costs:
    """Costs by FIFO, LIFO or average."""
    done = _run(method, ledger, standards)
    return _new_costs(ledger, done.results, done.traces, done.followed)


def _cost_standard(ledger: Ledger, standards: _Standards) -> _Costs:
    """Costs at standard; nothing of items without one."""
    results, places = _results(kernel.STANDARD, ledger), _places(ledger)
    memory = ledger.memories[kernel.FIFO]  # quantities on hand are the same by every method
    kernel.fold_standard(ledger.entries, ledger.item_starts, ledger.item_ends, memory, results, places, *standards)
    return _new_costs(ledger, results, np.empty(0, kernel.TRACE), np.empty(0, kernel.FOLLOWED))


def _new_costs(ledger: Ledger, results: NDArray, traces: NDArray, followed: NDArray) -> _Costs:
    results = _new(ledger, results)
    names = ("value_change", "variance", "is_provisional", "is_assumed", "left_on")
    return _Costs(*(np.ascontiguousarray(results[name]) for name in names), traces, followed)


def _new(ledger: Ledger, rows: NDArray) -> NDArray:
    """Of rows that go with the entries, those to be costed."""
    return rows[ledger.is_new] if len(ledger.earlier_results[kernel.FIFO]) else rows


def _cost(ledger: Ledger, standards: _Standards) -> list[_Costs]:
    """Costs by every method, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        layered = [pool.submit(_cost_layered, method, ledger, standards) for method in range(kernel.STANDARD)]
        standard = pool.submit(_cost_standard, ledger, standards)
        return [costs.result() for costs in (*layered, standard)]


def _own_costs(ledger: Ledger, standards: _Standards, costs: list[_Costs]) -> pa.Table:
    """What every movement did at its own place."""
    entries = _new(ledger, ledger.entries)
    items, positions, kinds, days, quantities = (
        np.ascontiguousarray(entries[name]) for name in ("item", "position", "kind", "posted_on", "quantity")
    )
    columns = {
        "movement_number": np.take(ledger.numbers, _new(ledger, ledger.order)),
        "item_id": pa.DictionaryArray.from_arrays(items, ledger.items),
        "location_id": ledger.location_ids(positions),
        "transfer_movement_number": pa.nulls(len(entries), pa.int64()),
        "is_elsewhere": np.zeros(len(entries), np.bool_),
        "posted_on": pa.array(days).cast(pa.date32()),
        "quantity_change": to_decimals(quantities, QUANTITY),
        "is_provisional": costs[kernel.FIFO].is_provisional,
        "is_cost_assumed": costs[kernel.FIFO].is_cost_assumed,
        "fifo_received_on": pa.array(costs[kernel.FIFO].left_on, mask=kinds != kernel.SALE).cast(pa.date32()),
    }
    columns |= _pool_rates(ledger, costs[kernel.AVERAGE].traces)
    amounts = [(cost.value_change, cost.variance_amount) for cost in costs]
    return pa.table(columns | _amounts(amounts, standards.is_known[items]))


def _pool_rates(ledger: Ledger, traces: NDArray) -> dict[str, pa.Array]:
    """What a later pass must know of the rows that have a trace; null of all others."""
    rows, is_traced, columns = traces["row"].copy(), np.zeros(len(ledger.entries), np.bool_), {}
    is_traced[rows] = True
    is_valid = pa.array(_new(ledger, is_traced)).buffers()[1]
    for name, rate in (("pool_left_rate", "left"), ("pool_part_rate", "part")):
        rates = np.zeros(len(ledger.entries))
        rates[rows] = traces[rate]
        rates = _new(ledger, rates)
        columns[name] = pa.Array.from_buffers(pa.float64(), len(rates), [is_valid, pa.py_buffer(rates)])
    return columns


def _amounts(units: list[tuple[NDArray, NDArray]], has_standard: NDArray[np.bool_]) -> dict[str, pa.Array]:
    """Value change and variance of every method; null at standard where there is none."""
    columns = {}
    for method, name in enumerate(COSTING_METHODS):
        for measure, values in zip(("value_change", "variance_amount"), units[method], strict=True):
            columns[f"{name}_{measure}"] = to_decimals(values, MONEY, ~has_standard if name == "standard" else None)
    return columns


def _costs_elsewhere(ledger: Ledger, standards: _Standards, costs: list[_Costs]) -> pa.Table:
    """What cost adjustments did at other places than their own: a row for each place that any method knows."""
    entries, none = ledger.entries, np.empty(0, np.int32)
    followed = [each.followed for each in costs]
    followed = [each[each["place"] != np.take(entries["position"], each["row"])] for each in followed]
    pairs = np.concatenate([np.stack([each["row"], each["place"]], axis=1) for each in followed])
    (rows, places), of_pair = (none, none), none
    if len(pairs):
        pairs, of_pair = np.unique(pairs, axis=0, return_inverse=True)
        rows, places = pairs[:, 0], pairs[:, 1]
    is_under_way = places < 0
    transfers = np.where(is_under_way, -2 - places, 0)
    adjustments = np.take(entries, rows)
    columns = {
        "movement_number": ledger.movement_numbers(rows),
        "item_id": pa.DictionaryArray.from_arrays(adjustments["item"], ledger.items),
        "location_id": ledger.location_ids(np.where(is_under_way, np.take(entries["position"], transfers), places)),
        "transfer_movement_number": ledger.movement_numbers(transfers, ~is_under_way),
        "is_elsewhere": np.ones(len(rows), np.bool_),
        "posted_on": pa.array(adjustments["posted_on"]).cast(pa.date32()),
        "quantity_change": to_decimals(adjustments["quantity"], QUANTITY),
        "is_provisional": np.zeros(len(rows), np.bool_),
        "is_cost_assumed": np.zeros(len(rows), np.bool_),
        "fifo_received_on": pa.nulls(len(rows), pa.date32()),
        "pool_left_rate": pa.nulls(len(rows), pa.float64()),
        "pool_part_rate": pa.nulls(len(rows), pa.float64()),
    }
    amounts = []
    for method in range(len(COSTING_METHODS)):
        start = sum(len(each) for each in followed[:method])
        values = np.zeros(len(rows), np.int64)
        values[of_pair[start : start + len(followed[method])]] = followed[method]["value"]
        amounts.append((values, np.zeros_like(values)))
    return pa.table(columns | _amounts(amounts, standards.is_known[adjustments["item"]]))


def costs_side_by_side(movements: pa.Table, standard_costs: pa.Table, checkpoint: Checkpoint | None = None) -> pa.Table:
    """Cost every movement by every costing method, the methods as columns.

    Args:
        movements: the ledger, with `LEDGER_COLUMNS`; quantities with up to six decimal places, costs with four.
        standard_costs: item_id, standard_cost (null: none; ten decimal places, from a million a unit six).
        checkpoint: what was before the first of the movements, of items that continue from an earlier pass.

    Returns:
        One row per movement, item by item, and one more for every other place where a cost adjustment found units
        of its receipt: movement_number, item_id, location_id (the movement's; elsewhere that other place, or
        the sender of units under way), transfer_movement_number (the transfer out that carries units under way),
        is_elsewhere, posted_on, quantity_change (0 elsewhere), is_provisional (some units were issued from negative
        stock), is_cost_assumed (the documents name no cost), fifo_received_on (of a sale: mean day of receipt of its
        units), pool_left_rate and pool_part_rate (under the average, of a receipt or transfer: what of the pool's stock
        at the one before it was still there; what of the movement came into the pool, or of the pool left with it),
        and for each method, its name before theirs, value_change (signed change of the inventory value)
        and variance_amount (what goes straight to cost of sales). Standard is null where the item has no
        standard cost. Every inbound's cost is the sum of its value changes and its variance.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    ledger = read_ledger(movements, checkpoint)
    del movements
    standards = _standards(standard_costs, ledger.items)
    costs = _cost(ledger, standards)
    own, elsewhere = _own_costs(ledger, standards, costs), _costs_elsewhere(ledger, standards, costs)
    return in_batches(pa.concat_tables([own, elsewhere]))


def cost_movements(movements: pa.Table, standard_costs: pa.Table, checkpoint: Checkpoint | None = None) -> pa.Table:
    """Cost every movement by every costing method, one method under the other.

    Args:
        movements: as in `costs_side_by_side`.
        standard_costs: as in `costs_side_by_side`.
        checkpoint: as in `costs_side_by_side`.

    Returns:
        The rows of `costs_side_by_side` once per costing_method, with value_change, variance_amount,
        is_provisional and is_cost_assumed; at standard only of items that have one.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    costs = costs_side_by_side(movements, standard_costs, checkpoint)
    tables = []
    for name in COSTING_METHODS:
        has_change = pc.not_equal(costs[f"{name}_value_change"], pa.scalar(0, MONEY))
        rows = costs.filter(pc.and_(pc.is_valid(has_change), pc.or_(pc.invert(costs["is_elsewhere"]), has_change)))
        is_layered = pa.scalar(name != "standard")
        tables.append(
            pa.table(
                {
                    "movement_number": rows["movement_number"],
                    "costing_method": pa.repeat(name, len(rows)),
                    "location_id": rows["location_id"],
                    "is_elsewhere": rows["is_elsewhere"],
                    "transfer_movement_number": rows["transfer_movement_number"],
                    "value_change": rows[f"{name}_value_change"],
                    "variance_amount": rows[f"{name}_variance_amount"],
                    "is_provisional": pc.and_(rows["is_provisional"], is_layered),
                    "is_cost_assumed": pc.and_(rows["is_cost_assumed"], is_layered),
                }
            )
        )
    return pa.concat_tables(tables)


def open_layers(
    movements: pa.Table, valuation_dates: pa.Table, standard_costs: pa.Table, checkpoint: Checkpoint | None = None
) -> pa.Table:
    """FIFO layers open at the end of each valuation date.

    Args:
        movements: the ledger, as in `cost_movements`.
        valuation_dates: valuation_date.
        standard_costs: as in `cost_movements`.
        checkpoint: as in `cost_movements`; dates up to an item's state_date are left out.

    Returns:
        One row per layer and valuation date, of positions with stock: item_id, location_id,
        valuation_date, layer_number (1 is issued first), received_on (kept through transfers and
        returns), receipt_movement_number (what brought it into the company), quantity, fifo_value.
    """
    ledger = read_ledger(movements, checkpoint)
    del movements
    standards = _standards(standard_costs, ledger.items)
    dates = np.unique(to_days(valuation_dates["valuation_date"]))
    rows = _run(kernel.FIFO, ledger, standards, dates=dates).open_layers
    layers = pa.table(
        {
            "item_id": ledger.item_ids(rows["position"]),
            "location_id": ledger.location_ids(rows["position"]),
            "valuation_date": pa.array(rows["date"]).cast(pa.date32()),
            "layer_number": rows["layer_number"].astype(np.int64),
            "received_on": pa.array(rows["received_on"]).cast(pa.date32()),
            "receipt_movement_number": ledger.movement_numbers(rows["origin"]),
            "quantity": to_decimals(rows["quantity"], QUANTITY),
            "fifo_value": to_decimals(rows["value"], MONEY),
        }
    )
    return in_batches(layers)


def costing_states(
    movements: pa.Table, state_dates: pa.Table, standard_costs: pa.Table, checkpoint: Checkpoint | None = None
) -> pa.Table:
    """All that costing has in memory at the end of some dates, so that a later pass can continue from there.

    Args:
        movements: the ledger, as in `cost_movements`.
        state_dates: state_date.
        standard_costs: as in `cost_movements`.
        checkpoint: as in `cost_movements`; dates up to an item's state_date are left out.

    Returns:
        One row per state date, costing method (but standard, which has no memory but the quantities) and layer,
        position or item, in the columns of `STATE_SCHEMA`.
    """
    dates = np.unique(to_days(state_dates["state_date"]))
    if len(dates) == 0:
        return STATE_SCHEMA.empty_table()
    ledger = read_ledger(movements, checkpoint)
    del movements
    standards = _standards(standard_costs, ledger.items)
    with ThreadPoolExecutor(2) as pool:
        passes = [pool.submit(_run, method, ledger, standards, state_dates=dates) for method in range(kernel.STANDARD)]
        tables = [
            state_table(ledger, COSTING_METHODS[method], done.result().states) for method, done in enumerate(passes)
        ]
    return in_batches(pa.concat_tables([STATE_SCHEMA.empty_table(), *tables]))
