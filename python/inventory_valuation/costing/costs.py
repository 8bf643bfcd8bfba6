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
    Ledger,
    in_batches,
    read_ledger,
)
from inventory_valuation.exact import MONEY, QUANTITY, to_days, to_decimals, to_unit_values

__all__ = [
    "COSTING_METHODS",
    "LEDGER_COLUMNS",
    "MOVEMENT_TYPES",
    "cost_movements",
    "costs_and_layers",
    "costs_side_by_side",
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


_NO_DATES = np.empty(0, np.int32)


def _run(method: int, ledger: Ledger, standards: _Standards, dates: NDArray[np.int32] = _NO_DATES) -> kernel.Pass:
    """One pass of the kernel, with the layers open at some dates."""
    items = np.zeros(len(standards.is_known), kernel.POSITION)
    items["known_quantity"], items["known_value"] = standards.wholes, standards.values
    traced = sum(ledger.kind_counts[list(kernel.TRACED_KINDS)]) if method == kernel.AVERAGE else 0
    run = kernel.Pass(
        method,
        ledger.entries,
        results=np.zeros(len(ledger.entries), kernel.RESULT),
        places=_places(ledger),
        items=items,
        item_positions=ledger.item_positions,
        layers=np.empty(np.max(ledger.layers_brought, initial=0), kernel.LAYER),
        traces=np.empty(traced, kernel.TRACE),
        shares=np.empty(np.max(np.diff(ledger.item_positions), initial=0)),
        followed=np.empty(4 * ledger.kind_counts[kernel.COST_ADJUSTMENT], kernel.FOLLOWED),
        open_layers=np.empty(len(dates) * len(ledger.location_codes), kernel.OPEN_LAYER),
        counts=np.zeros(kernel.COUNTS, np.int64),
    )
    reached = np.zeros(3, np.int64)
    while full := kernel.fold(run, ledger.item_ends, dates, reached):
        name = "followed" if full == kernel.FOLLOWED_FULL else "open_layers"
        rows = getattr(run, name)
        run = run._replace(**{name: np.resize(rows, 2 * len(rows) + 16)})
    return run._replace(
        followed=run.followed[: run.counts[kernel.FOLLOWED_COUNT]],
        open_layers=run.open_layers[: run.counts[kernel.OPEN_LAYER_COUNT]],
    )


class _Costs(NamedTuple):
    """What one method says of every movement, item by item."""

    results: NDArray
    followed: NDArray  # where cost adjustments found their receipts' units

    def of(self, name: str) -> NDArray:
        """One measure of the results."""
        return np.ascontiguousarray(self.results[name])


def _cost_standard(ledger: Ledger, standards: _Standards) -> _Costs:
    """Costs at standard; nothing of items without one."""
    results = np.zeros(len(ledger.entries), kernel.RESULT)
    kernel.fold_standard(ledger.entries, ledger.item_ends, results, _places(ledger), *standards)
    return _Costs(results, np.empty(0, kernel.FOLLOWED))


def _cost(ledger: Ledger, standards: _Standards, dates: NDArray[np.int32]) -> tuple[list[_Costs], NDArray]:
    """Costs by every method, two at a time, and the FIFO layers open at some dates."""
    with ThreadPoolExecutor(2) as pool:
        fifo = pool.submit(_run, kernel.FIFO, ledger, standards, dates)
        others = [pool.submit(_run, method, ledger, standards) for method in (kernel.LIFO, kernel.AVERAGE)]
        standard = pool.submit(_cost_standard, ledger, standards)
        runs = [done.result() for done in (fifo, *others)]
        return [*(_Costs(run.results, run.followed) for run in runs), standard.result()], runs[0].open_layers


def _own_costs(ledger: Ledger, standards: _Standards, costs: list[_Costs]) -> pa.Table:
    """What every movement did at its own place."""
    items, positions, days, quantities = (
        np.ascontiguousarray(ledger.entries[name]) for name in ("item", "position", "posted_on", "quantity")
    )
    columns = {
        "movement_number": np.take(ledger.numbers, ledger.order),
        "item_id": pa.DictionaryArray.from_arrays(items, ledger.items),
        "location_id": ledger.location_ids(positions),
        "transfer_movement_number": pa.nulls(len(items), pa.int64()),
        "movement_type": _movement_types(ledger.entries["kind"]),
        "is_elsewhere": np.zeros(len(items), np.bool_),
        "posted_on": pa.array(days).cast(pa.date32()),
        "quantity_change": to_decimals(quantities, QUANTITY),
        "is_provisional": costs[kernel.FIFO].of("is_provisional"),
        "is_cost_assumed": costs[kernel.FIFO].of("is_assumed"),
    }
    amounts = [(cost.of("value_change"), cost.of("variance")) for cost in costs]
    return pa.table(columns | _amounts(amounts, standards.is_known[items]))


def _movement_types(kinds: NDArray[np.int8]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(kinds.astype(np.int32), MOVEMENT_TYPES)


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
        "movement_type": _movement_types(adjustments["kind"]),
        "is_elsewhere": np.ones(len(rows), np.bool_),
        "posted_on": pa.array(adjustments["posted_on"]).cast(pa.date32()),
        "quantity_change": to_decimals(adjustments["quantity"], QUANTITY),
        "is_provisional": np.zeros(len(rows), np.bool_),
        "is_cost_assumed": np.zeros(len(rows), np.bool_),
    }
    amounts = []
    for method in range(len(COSTING_METHODS)):
        start = sum(len(each) for each in followed[:method])
        values = np.zeros(len(rows), np.int64)
        values[of_pair[start : start + len(followed[method])]] = followed[method]["value"]
        amounts.append((values, np.zeros_like(values)))
    return pa.table(columns | _amounts(amounts, standards.is_known[adjustments["item"]]))


def _layers(ledger: Ledger, rows: NDArray) -> pa.Table:
    """Layers that the kernel wrote."""
    return pa.table(
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


def _costs_and_layers(
    movements: pa.Table, standard_costs: pa.Table, dates: NDArray[np.int32]
) -> tuple[pa.Table, pa.Table]:
    """Costs of all movements, and the layers open at some dates, from one reading of the ledger."""
    ledger = read_ledger(movements)
    del movements
    standards = _standards(standard_costs, ledger.items)
    costs, open_layers = _cost(ledger, standards, dates)
    own, elsewhere = _own_costs(ledger, standards, costs), _costs_elsewhere(ledger, standards, costs)
    return pa.concat_tables([own, elsewhere]), _layers(ledger, open_layers)


def costs_side_by_side(movements: pa.Table, standard_costs: pa.Table) -> pa.Table:
    """Cost every movement by every costing method, the methods as columns.

    Args:
        movements: the ledger, with `LEDGER_COLUMNS`; quantities with up to six decimal places, costs with four.
        standard_costs: item_id, standard_cost (null: none; ten decimal places, from a million a unit six).

    Returns:
        One row per movement, item by item, and one more for every other place where a cost adjustment found units
        of its receipt: movement_number, item_id, location_id (the movement's; elsewhere that other place, or
        the sender of units under way), transfer_movement_number (the transfer out that carries units under way),
        movement_type, is_elsewhere, posted_on, quantity_change (0 elsewhere), is_provisional (some units were issued
        from negative stock), is_cost_assumed (the documents name no cost), and for each method, its name before theirs,
        value_change (signed change of the inventory value) and variance_amount (what goes straight to cost of sales).
        Standard is null where the item has no standard cost. Every inbound's cost is the sum of its value changes and
        its variance.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    return in_batches([_costs_and_layers(movements, standard_costs, _NO_DATES)[0]])


def costs_and_layers(
    movements: pa.Table, pooled_movements: pa.Table, valuation_dates: pa.Table, standard_costs: pa.Table
) -> pa.Table:
    """Cost every movement, and list the FIFO layers open at the end of each valuation date, in one table.

    Args:
        movements: the ledger, as in `costs_side_by_side`.
        pooled_movements: the same at the places of cost pools, where costs are formed; without rows, costs are formed
            where the movements are. Layers are the positions' own either way.
        valuation_dates: valuation_date.
        standard_costs: as in `costs_side_by_side`.

    Returns:
        The rows of `costs_side_by_side`, then one row per layer and valuation date, of positions with stock: item_id,
        location_id, valuation_date, layer_number (1 is issued first), received_on (kept through transfers and
        returns), receipt_movement_number (what brought it into the company), quantity, fifo_value. What the one kind
        of row has and the other has not is null.

    Raises:
        As `costs_side_by_side`.
    """
    dates = np.unique(to_days(valuation_dates["valuation_date"]))
    if len(pooled_movements) == 0:
        return in_batches(_costs_and_layers(movements, standard_costs, dates))
    costs, _ = _costs_and_layers(pooled_movements, standard_costs, _NO_DATES)
    ledger = read_ledger(movements)
    run = _run(kernel.FIFO, ledger, _standards(standard_costs, ledger.items), dates)
    return in_batches((costs, _layers(ledger, run.open_layers)))


def cost_movements(movements: pa.Table, standard_costs: pa.Table) -> pa.Table:
    """Cost every movement by every costing method, one method under the other.

    Args:
        movements: as in `costs_side_by_side`.
        standard_costs: as in `costs_side_by_side`.

    Returns:
        The rows of `costs_side_by_side` once per costing_method, with value_change, variance_amount,
        is_provisional and is_cost_assumed; at standard only of items that have one.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    costs = costs_side_by_side(movements, standard_costs)
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
