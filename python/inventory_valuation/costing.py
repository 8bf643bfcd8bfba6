"""What the stock cost: one compiled pass over the movement ledger per costing method.

The ledger is read in the order of `movement_number`, all positions together, so that a transfer can
carry layers, cost and age from one position to another. Money and quantity are whole
ten-thousandths. A layer keeps its first quantity and value and how much of it has gone; the cost of
an issue is the difference of two rounded cumulative shares, so nothing is ever lost to rounding.

Policies (each tested in `tests/library/test_costing.py`):

- *Negative stock* is issued at the last known unit cost. The next inbound covers it first; the
  difference between its cost and the provisional one is the variance of that inbound. The last
  known cost is that of the last units that came in with a cost, or of the last that left when the
  position was emptied; else the item's last known cost elsewhere, else its standard cost, else 0.
- *Customer returns* come back at the cost their sale left at, pro rata over repeated returns; units
  beyond the sale, or of an unknown sale, at the current average cost (last known if empty). They
  queue behind the stock on hand, and keep the age at which they left.
- *Supplier returns and scrapped returns* take the layer of their receipt or return first, then
  follow the method. Under the average they leave at the cost of that receipt, but never take more
  value than the position holds.
- *Transfers* move exactly the layers that left, with cost and age; layers queue by day of receipt.
- *Cost adjustments* (late landed cost, invoice variance) go to the receipt's layer for the share of
  the receipt still on hand at its position, the rest is variance. Under the average the share is
  that of the FIFO layers. Without a known receipt they are spread over what is on hand.
- *Inbounds without a cost*: receipts and opening stock at the last known cost, found stock at the
  current average cost.
- *Standard*: the value of a position is its quantity at standard cost; every difference from the
  documents' cost is variance (purchase price variance). Items without a standard cost get no rows.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import UNIT, mul_div_round, to_decimals, to_units

MOVEMENT_TYPES = (
    "opening",
    "receipt",
    "customer_return",
    "transfer_in",
    "adjustment_in",
    "cost_adjustment",
    "sale",
    "transfer_out",
    "adjustment_out",
    "supplier_return",
    "return_scrap",
)
COSTING_METHODS = ("fifo", "lifo", "weighted_average", "standard")
LEDGER_COLUMNS = (
    "movement_number",
    "movement_type",
    "item_id",
    "location_id",
    "posted_on",
    "received_on",
    "quantity_change",
    "cost_amount",
    "linked_movement_number",
)

# Which earlier movement a link must lead to; any other link is treated as unknown.
_LINKED_TYPES = {
    "customer_return": "sale",
    "transfer_in": "transfer_out",
    "cost_adjustment": "receipt",
    "supplier_return": "receipt",
    "return_scrap": "customer_return",
}

_OPENING, _RECEIPT, _CUSTOMER_RETURN, _TRANSFER_IN = 0, 1, 2, 3
_COST_ADJUSTMENT, _SALE, _TRANSFER_OUT, _SUPPLIER_RETURN, _RETURN_SCRAP = 5, 6, 7, 9, 10
_FIFO, _LIFO, _AVERAGE, _STANDARD = 0, 1, 2, 3
_UNIT = np.int64(UNIT)

_LAYER = np.dtype(
    [
        ("quantity", np.int64),  # when it came; with the value and what has gone it gives the rest
        ("value", np.int64),
        ("gone", np.int64),
        ("previous", np.int64),
        ("next", np.int64),
        ("position", np.int64),  # -1: on its way between two positions, or gone
        ("origin", np.int64),  # row of the movement that brought it
        ("queued_on", np.int32),
        ("received_on", np.int32),
    ]
)
_POSITION = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("known_quantity", np.int64),  # last known unit cost, as a ratio
        ("known_value", np.int64),
        ("first", np.int64),
        ("last", np.int64),
    ]
)
_RESULT = np.dtype(
    [
        ("value_change", np.int64),
        ("variance", np.int64),
        ("trace", np.int64),
        ("left_on", np.int32),
        ("is_provisional", np.bool_),
        ("is_assumed", np.bool_),
    ],
    align=True,
)
_OPEN_LAYER = np.dtype(
    [
        ("position", np.int64),
        ("layer_number", np.int64),
        ("origin", np.int64),
        ("received_on", np.int64),
        ("quantity", np.int64),
        ("value", np.int64),
    ]
)

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _gone_value(layer: np.record) -> int:
    """Value that has left a layer so far."""
    if layer.gone == 0:
        return np.int64(0)
    return mul_div_round(layer.value, layer.gone, layer.quantity)


@_compiled
def _queue(layers: NDArray, places: NDArray, number: int, position: int) -> None:
    """Put a layer into its position's queue: by its day, behind those of the same day."""
    layer, place = layers[number], places[position]
    before = place.last
    while before >= 0 and layers[before].queued_on > layer.queued_on:
        before = layers[before].previous
    after = place.first if before < 0 else layers[before].next
    layer.position, layer.previous, layer.next = position, before, after
    if before < 0:
        place.first = number
    else:
        layers[before].next = number
    if after < 0:
        place.last = number
    else:
        layers[after].previous = number


@_compiled
def _leave_queue(layers: NDArray, place: np.record, number: int) -> None:
    """Take a layer out of its position's queue."""
    layer = layers[number]
    if layer.previous < 0:
        place.first = layer.next
    else:
        layers[layer.previous].next = layer.next
    if layer.next < 0:
        place.last = layer.previous
    else:
        layers[layer.next].previous = layer.previous
    layer.position, layer.previous, layer.next = -1, -1, -1


@_compiled
def _rebase(layer: np.record, quantity: int, value: int) -> None:
    """Start a layer anew with what it holds now."""
    layer.quantity, layer.value, layer.gone = quantity, value, 0


@_compiled
def _arrive(layers: NDArray, places: NDArray, number: int, position: int, pooled: bool) -> int:
    """A layer arrives: it covers negative stock first. Returns the variance of that."""
    layer, place = layers[number], places[position]
    gone_value = _gone_value(layer)
    rest, rest_value = layer.quantity - layer.gone, layer.value - gone_value
    variance = np.int64(0)
    if place.quantity < 0:
        covered = min(rest, -place.quantity)
        provisional = mul_div_round(-place.value, covered, -place.quantity)
        layer.gone += covered
        variance = _gone_value(layer) - gone_value - provisional
    place.quantity += rest
    place.value += rest_value - variance
    if layer.gone < layer.quantity:
        if pooled and place.first >= 0:
            _rebase(layers[place.first], place.quantity, place.value)
        else:
            _queue(layers, places, number, position)
    return variance


@_compiled
def _draw(layers: NDArray, place: np.record, number: int, wanted: int) -> tuple[int, int]:
    """Take up to the wanted quantity from one layer. Returns quantity and value taken."""
    layer = layers[number]
    gone_value = _gone_value(layer)
    taken = min(wanted, layer.quantity - layer.gone)
    layer.gone += taken
    value = _gone_value(layer) - gone_value
    place.quantity -= taken
    place.value -= value
    if layer.gone == layer.quantity:
        _leave_queue(layers, place, number)
        if place.first < 0:
            place.known_quantity, place.known_value = layer.quantity, layer.value
    return taken, value


@_compiled
def _known_cost(place: np.record, item: np.record, quantity: int) -> int:
    """Value of a quantity at the last known unit cost of the position, else of the item."""
    known_quantity, known_value = place.known_quantity, place.known_value
    if known_quantity == 0:
        known_quantity, known_value = item.known_quantity, item.known_value
    if known_quantity == 0:
        return np.int64(0)
    if np.float64(known_value) * np.float64(quantity) / np.float64(known_quantity) > 4e18:
        raise OverflowError("a provisional cost does not fit 64 bits")
    return mul_div_round(known_value, quantity, known_quantity)


@_compiled
def _current_cost(place: np.record, item: np.record, quantity: int) -> int:
    """Value of a quantity at the position's current average cost, last known if it is empty."""
    if place.quantity > 0 and place.value >= 0:
        return mul_div_round(place.value, quantity, place.quantity)
    return _known_cost(place, item, quantity)


@_compiled
def _new_layer(
    layers: NDArray,
    number: int,
    quantity: int,
    value: int,
    origin: int,
    queued_on: int,
    received_on: int,
) -> None:
    """Fill a layer that stands in no queue yet."""
    layer = layers[number]
    layer.quantity, layer.value, layer.gone, layer.origin = quantity, value, 0, origin
    layer.previous, layer.next, layer.position = -1, -1, -1
    layer.queued_on, layer.received_on = queued_on, received_on


@_compiled
def _put_on_its_way(layers: NDArray, result: np.record, number: int, chain: int) -> int:
    """Append a layer to those that a transfer carries; its trace is the first of them."""
    layers[number].previous = chain
    if chain < 0:
        result.trace = number
    else:
        layers[chain].next = number
    return number


@_compiled
def _snapshot(layers: NDArray, places: NDArray, rows: NDArray) -> None:
    """Write every open layer, position by position, in the order of issue."""
    count = 0
    for position in range(len(places)):
        number, order = places[position].first, 0
        while number >= 0:
            layer, row = layers[number], rows[count]
            order += 1
            count += 1
            row.position, row.layer_number, row.origin = position, order, layer.origin
            row.received_on, row.quantity = layer.received_on, layer.quantity - layer.gone
            row.value = layer.value - _gone_value(layer)
            number = layer.next


@_compiled
def _run(
    method: int,
    ledger: NDArray,
    start: int,
    end: int,
    results: NDArray,
    fifo_results: NDArray,
    places: NDArray,
    items: NDArray,
    layers: NDArray,
    used: int,
) -> int:
    """Cost the rows from start to end; everything a later run needs stands in the other arrays.

    The trace of a row holds what a later movement that links to it must know: of a sale the
    quantity returned so far; of a receipt or return its layer (under the average: its cost so far);
    of a transfer out the first of its layers; of a cost adjustment the quantity it found on hand.

    Returns:
        The number of layers used so far.
    """
    pooled = method == _AVERAGE
    newest_first = method == _LIFO
    for i in range(start, end):
        entry, result = ledger[i], results[i]
        kind, link = np.int64(entry.kind), np.int64(entry.link)
        today, position = np.int64(entry.posted_on), np.int64(entry.position)
        place, item = places[position], items[entry.item]
        result.trace = -1

        if kind == _COST_ADJUSTMENT:
            share, on_hand, number = np.int64(0), np.int64(0), place.first
            if link >= 0:
                if pooled:
                    on_hand = fifo_results[i].trace
                    results[link].trace += entry.amount
                elif layers[results[link].trace].position == position:
                    number = results[link].trace
                    on_hand = layers[number].quantity - layers[number].gone
                if on_hand > 0:
                    share = mul_div_round(entry.amount, on_hand, ledger[link].quantity)
                    layer = layers[number]
                    _rebase(
                        layer,
                        layer.quantity - layer.gone,
                        layer.value - _gone_value(layer) + share,
                    )
            elif place.quantity > 0:
                while number >= 0:
                    layer = layers[number]
                    rest = layer.quantity - layer.gone
                    on_hand += rest
                    upto = mul_div_round(entry.amount, on_hand, place.quantity)
                    _rebase(layer, rest, layer.value - _gone_value(layer) + upto - share)
                    share = upto
                    number = layer.next
            place.value += share
            result.trace = on_hand
            result.value_change, result.variance = share, entry.amount - share

        elif kind == _TRANSFER_IN and link >= 0 and results[link].trace >= 0:
            number = results[link].trace
            results[link].trace = -1
            if newest_first:  # the newest left first: put them back oldest first
                while layers[number].next >= 0:
                    number = layers[number].next
            moved, moved_value = np.int64(0), np.int64(0)
            while number >= 0:
                layer = layers[number]
                following = layer.previous if newest_first else layer.next
                if newest_first:
                    layer.queued_on = today
                moved += layer.quantity - layer.gone
                moved_value += layer.value - _gone_value(layer)
                result.variance += _arrive(layers, places, number, position, pooled)
                number = following
            place.known_quantity, place.known_value = moved, moved_value
            result.value_change = moved_value - result.variance

        elif entry.quantity > 0:
            quantity, value = entry.quantity, entry.amount
            received_on = np.int64(entry.received_on)
            queued_on, is_known = received_on, entry.has_amount
            if newest_first and kind != _OPENING:
                queued_on = today
            if kind == _CUSTOMER_RETURN:
                value, queued_on, back = np.int64(0), today, np.int64(0)
                if link >= 0:
                    sale = results[link]
                    sold, returned = -ledger[link].quantity, sale.trace
                    back = min(quantity, sold - returned)
                    sale.trace = returned + back
                    if back > 0:
                        value = mul_div_round(-sale.value_change, returned + back, sold)
                        value -= mul_div_round(-sale.value_change, returned, sold)
                        received_on = np.int64(sale.left_on)
                is_known = back == quantity
                if not is_known:
                    value += _current_cost(place, item, quantity - back)
            elif not is_known:
                if kind in (_RECEIPT, _OPENING):
                    value = _known_cost(place, item, quantity)
                else:
                    value = _current_cost(place, item, quantity)
            if is_known:
                place.known_quantity, place.known_value = quantity, value
                item.known_quantity, item.known_value = quantity, value
            _new_layer(layers, used, quantity, value, i, queued_on, received_on)
            result.is_assumed = not is_known
            result.variance = _arrive(layers, places, used, position, pooled)
            result.value_change = value - result.variance
            result.trace = value if pooled else used
            used += 1

        elif entry.quantity < 0:
            wanted, cost, days = -entry.quantity, np.int64(0), np.int64(0)
            chain = np.int64(-1)
            if kind in (_SUPPLIER_RETURN, _RETURN_SCRAP) and link >= 0:
                number = results[link].trace
                if not pooled and layers[number].position == position:
                    taken, cost = _draw(layers, place, number, wanted)
                    wanted -= taken
                elif pooled and wanted < place.quantity:
                    cost = mul_div_round(number, wanted, ledger[link].quantity)
                    cost = min(cost, max(place.value, 0))
                    place.quantity -= wanted
                    place.value -= cost
                    _rebase(layers[place.first], place.quantity, place.value)
                    wanted = np.int64(0)
            while wanted > 0 and place.first >= 0:
                number = place.last if newest_first else place.first
                layer = layers[number]
                gone = layer.gone
                taken, taken_value = _draw(layers, place, number, wanted)
                wanted -= taken
                cost += taken_value
                days += taken * layer.received_on
                if kind == _TRANSFER_OUT:
                    if layer.gone == layer.quantity:
                        layer.gone = gone  # it moves whole, with its history of rounding
                    else:
                        queued_on, received_on = layer.queued_on, layer.received_on
                        origin, number = layer.origin, used
                        _new_layer(layers, number, taken, taken_value, origin, queued_on, received_on)
                        used += 1
                    chain = _put_on_its_way(layers, result, number, chain)
            if wanted > 0:
                provisional = _known_cost(place, item, wanted)
                place.quantity -= wanted
                place.value -= provisional
                cost += provisional
                days += wanted * today
                result.is_provisional = True
                if kind == _TRANSFER_OUT:
                    _new_layer(layers, used, wanted, provisional, i, today, today)
                    chain = _put_on_its_way(layers, result, used, chain)
                    used += 1
            result.value_change = -cost
            if kind == _SALE:
                result.trace = 0
                result.left_on = days // -entry.quantity
    return used


@_compiled
def _run_standard(ledger: NDArray, results: NDArray, places: NDArray, standards: NDArray) -> None:
    """Cost all rows at standard (ten-thousandths a unit; -1: none)."""
    for i in range(len(ledger)):
        entry, result = ledger[i], results[i]
        place, standard = places[entry.position], standards[entry.item]
        if standard < 0:
            continue
        before = place.value
        place.quantity += entry.quantity
        place.value = mul_div_round(standard, abs(place.quantity), _UNIT)
        if place.quantity < 0:
            place.value = -place.value
        result.value_change = place.value - before
        if entry.kind == _TRANSFER_IN and entry.link >= 0:
            result.variance = -results[entry.link].value_change - result.value_change
        elif entry.has_amount and entry.quantity >= 0:
            result.variance = entry.amount - result.value_change


_ENTRY = np.dtype(
    [
        ("quantity", np.int64),
        ("amount", np.int64),
        ("link", np.int32),
        ("position", np.int32),
        ("item", np.int32),
        ("posted_on", np.int32),
        ("received_on", np.int32),
        ("kind", np.int8),
        ("has_amount", np.bool_),
    ],
    align=True,
)


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """Dense codes of a column, and the value of each code."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary


def _days(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Dates as days since 1970."""
    return column.cast(pa.date32()).cast(pa.int32()).to_numpy()


def _links(movements: pa.Table, entries: NDArray) -> NDArray[np.int32]:
    """Row of the linked movement; -1 where none, or where the link can't be what it says."""
    numbers = movements["movement_number"].to_numpy()
    column = movements["linked_movement_number"].combine_chunks()
    links = np.full(len(numbers), -1, np.int32)
    linking = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    if len(linking) == 0:
        return links
    wanted = column.drop_null().to_numpy().astype(np.int64)
    found = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    expected = np.full(len(MOVEMENT_TYPES), -1)
    for later, earlier in _LINKED_TYPES.items():
        expected[MOVEMENT_TYPES.index(later)] = MOVEMENT_TYPES.index(earlier)
    is_inbound = entries["kind"][found] < _COST_ADJUSTMENT
    holds = (
        (numbers[found] == wanted)
        & (found < linking)
        & (entries["item"][found] == entries["item"][linking])
        & (entries["kind"][found] == expected[entries["kind"][linking]])
        & (entries["quantity"][found] * np.where(is_inbound, 1, -1) > 0)
    )
    links[linking[holds]] = found[holds]
    return links


def _entries(movements: pa.Table) -> tuple[NDArray, pa.Array, pa.Table]:
    """The ledger as fixed-width records, the items by code, the positions by code."""
    missing = [name for name in LEDGER_COLUMNS if name not in movements.column_names]
    if missing:
        raise KeyError(f"movements lack the columns {', '.join(missing)}")
    kinds = pc.index_in(movements["movement_type"], pa.array(MOVEMENT_TYPES))
    if kinds.null_count:
        unknown = movements["movement_type"].filter(kinds.is_null())[0]
        raise ValueError(f"movement_type {unknown} is none of {', '.join(MOVEMENT_TYPES)}")
    item_codes, items = _codes(movements["item_id"])
    place_codes, locations = _codes(movements["location_id"])
    both = pa.chunked_array([item_codes.astype(np.int64) * max(len(locations), 1) + place_codes])
    position_codes, pairs = _codes(both)
    pairs = pairs.to_numpy()
    width = max(len(locations), 1)
    positions = pa.table({"item_id": items.take(pairs // width), "location_id": locations.take(pairs % width)})
    entries = np.zeros(len(movements), _ENTRY)
    entries["kind"] = kinds.to_numpy()
    entries["item"] = item_codes
    entries["position"] = position_codes
    entries["posted_on"] = _days(movements["posted_on"])
    entries["received_on"] = _days(movements["received_on"])
    entries["quantity"] = to_units(movements["quantity_change"])
    entries["amount"] = to_units(movements["cost_amount"])
    entries["has_amount"] = movements["cost_amount"].is_valid().to_numpy()
    entries["link"] = _links(movements, entries)
    if np.any(np.diff(entries["posted_on"]) < 0):
        raise ValueError("movement_number does not follow posted_on")
    arriving = np.flatnonzero((entries["kind"] == _TRANSFER_IN) & (entries["link"] >= 0))
    if np.any(entries["quantity"][arriving] != -entries["quantity"][entries["link"][arriving]]):
        raise ValueError("a transfer_in has another quantity than its transfer_out")
    return entries, items, positions


def _in_order(movements: pa.Table) -> pa.Table:
    numbers = movements["movement_number"].to_numpy()
    if np.all(numbers[1:] > numbers[:-1]):
        return movements
    return movements.sort_by("movement_number")


def _standards(standard_costs: pa.Table, items: pa.Array) -> NDArray[np.int64]:
    """Standard cost by item code, in ten-thousandths a unit; -1 where there is none."""
    given = standard_costs.filter(standard_costs["standard_cost"].is_valid())
    if len(given) == 0:
        return np.full(len(items), -1, np.int64)
    found = pc.index_in(items, given["item_id"].combine_chunks().cast(items.type))
    costs = to_units(given["standard_cost"])
    return np.where(
        found.is_valid().to_numpy(zero_copy_only=False),
        costs[found.fill_null(0).to_numpy(zero_copy_only=False)],
        -1,
    )


def _start(entries: NDArray, positions: int, standards: NDArray[np.int64]) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Results, positions, items and layers before the first movement."""
    results = np.zeros(len(entries), _RESULT)
    places = np.zeros(positions, _POSITION)
    places["first"] = places["last"] = -1
    items = np.zeros(len(standards), _POSITION)
    items["known_quantity"] = np.where(standards >= 0, UNIT, 0)
    items["known_value"] = np.maximum(standards, 0)
    # Every inbound brings one layer; a transfer out may split one and lack one.
    extra = 2 * np.count_nonzero(entries["kind"] == _TRANSFER_OUT)
    layers = np.empty(np.count_nonzero(entries["quantity"] > 0) + extra, _LAYER)
    return results, places, items, layers


def cost_movements(movements: pa.Table, standard_costs: pa.Table) -> pa.Table:
    """Cost every movement by every costing method.

    Args:
        movements: the ledger, with `LEDGER_COLUMNS`; decimals with up to four places.
        standard_costs: item_id, standard_cost (null: none).

    Returns:
        One row per movement and costing method: movement_number, costing_method, value_change
        (signed change of the inventory value), variance_amount (what goes straight to cost of
        sales), is_provisional (some units were issued from negative stock), is_cost_assumed (the
        documents name no cost). Every inbound's cost is its value_change plus its variance_amount.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    movements = _in_order(movements)
    entries, items, positions = _entries(movements)
    standards = _standards(standard_costs, items)
    numbers = movements["movement_number"].combine_chunks().cast(pa.int64())
    fifo_results = np.empty(0, _RESULT)
    costed = []
    for method in range(len(COSTING_METHODS)):
        results, places, known, layers = _start(entries, len(positions), standards)
        kept = numbers
        if method == _STANDARD:
            _run_standard(entries, results, places, standards)
            has_standard = standards[entries["item"]] >= 0
            results, kept = results[has_standard], numbers.filter(pa.array(has_standard))
        else:
            rows = len(entries)
            _run(method, entries, 0, rows, results, fifo_results, places, known, layers, 0)
            if method == _FIFO:
                fifo_results = results
        costed.append(
            pa.table(
                {
                    "movement_number": kept,
                    "costing_method": pa.DictionaryArray.from_arrays(
                        np.full(len(kept), method, np.int8), pa.array(COSTING_METHODS)
                    ),
                    "value_change": to_decimals(results["value_change"]),
                    "variance_amount": to_decimals(results["variance"]),
                    "is_provisional": np.ascontiguousarray(results["is_provisional"]),
                    "is_cost_assumed": np.ascontiguousarray(results["is_assumed"]),
                }
            )
        )
    return pa.concat_tables(costed)


def open_layers(movements: pa.Table, valuation_dates: pa.Table, standard_costs: pa.Table) -> pa.Table:
    """FIFO layers open at the end of each valuation date.

    Args:
        movements: the ledger, as in `cost_movements`.
        valuation_dates: valuation_date.
        standard_costs: as in `cost_movements`.

    Returns:
        One row per layer and valuation date, of positions with stock: item_id, location_id,
        valuation_date, layer_number (1 is issued first), received_on (kept through transfers and
        returns), receipt_movement_number (what brought it into the company), quantity, fifo_value.
    """
    movements = _in_order(movements)
    entries, items, positions = _entries(movements)
    standards = _standards(standard_costs, items)
    results, places, known, layers = _start(entries, len(positions), standards)
    dates = np.unique(_days(valuation_dates["valuation_date"]))
    ends = np.searchsorted(entries["posted_on"], dates, side="right")
    snapshots, start, used = [], 0, 0
    for end in ends:
        used = _run(_FIFO, entries, start, end, results, results, places, known, layers, used)
        start = end
        rows = np.empty(np.count_nonzero(layers["position"][:used] >= 0), _OPEN_LAYER)
        _snapshot(layers, places, rows)
        snapshots.append(rows)
    rows = np.concatenate([np.empty(0, _OPEN_LAYER), *snapshots])
    days = np.repeat(dates, [len(snapshot) for snapshot in snapshots])
    return pa.table(
        {
            "item_id": positions["item_id"].take(pa.array(rows["position"])),
            "location_id": positions["location_id"].take(pa.array(rows["position"])),
            "valuation_date": pa.array(days).cast(pa.date32()),
            "layer_number": np.ascontiguousarray(rows["layer_number"]),
            "received_on": pa.array(rows["received_on"].astype(np.int32)).cast(pa.date32()),
            "receipt_movement_number": movements["movement_number"].take(pa.array(rows["origin"])),
            "quantity": to_decimals(rows["quantity"]),
            "fifo_value": to_decimals(rows["value"]),
        }
    )
