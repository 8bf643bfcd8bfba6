"""What the stock cost: one compiled pass over the movement ledger per costing method.

The ledger is read item by item, in the order of `movement_number`, all positions of an item together,
so that a transfer can carry layers, cost and age from one position to another. Money and quantity
are whole ten-thousandths. A layer keeps its first quantity and value and how much of it has gone; the cost of
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
- *Cost adjustments* (late landed cost, invoice variance) follow the receipt's units wherever they now
  are, at its position, at others or under way between two; what was issued by then is variance. Under
  the average the share of each place is that of the FIFO layers. Without a known receipt they are
  spread over what is on hand.
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
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import AMOUNT, UNIT, mul_div_round, to_days, to_decimals, to_units

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
        ("gone_value", np.int64),
        ("previous", np.int32),
        ("next", np.int32),
        ("sibling", np.int32),  # next layer split from the same receipt; -1: none
        ("position", np.int32),  # -1: gone; -2 and less: under way with the transfer of row -2 - position
        ("origin", np.int32),  # row of the movement that brought it
        ("queued_on", np.int32),
        ("received_on", np.int32),
    ],
    align=True,
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
_FOLLOWED = np.dtype(
    [
        ("quantity", np.int64),  # of the adjusted receipt at this place
        ("value", np.int64),  # of the adjustment
        ("row", np.int32),  # of the adjustment
        ("place", np.int32),  # as a layer's position
    ]
)
_OPEN_LAYER = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("position", np.int32),
        ("layer_number", np.int32),
        ("origin", np.int32),
        ("received_on", np.int32),
        ("date", np.int32),
    ],
    align=True,
)

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _take(layer: np.record, quantity: int) -> int:
    """Let a quantity of a layer go. Returns its value: the difference of two rounded shares."""
    layer.gone += quantity
    before = layer.gone_value
    if layer.gone == layer.quantity:
        layer.gone_value = layer.value
    else:
        layer.gone_value = mul_div_round(layer.value, layer.gone, layer.quantity)
    return layer.gone_value - before


@_compiled
def _queue(layers: NDArray, places: NDArray, number: int, position: int) -> None:
    """Put a layer into its position's queue: by its day, behind those of the same day."""
    layer, place = layers[number], places[position]
    before, after = place.last, place.first
    # From both ends at once: new stock belongs near the end, transferred stock near the start.
    while True:
        if before < 0 or layers[before].queued_on <= layer.queued_on:
            after = place.first if before < 0 else layers[before].next
            break
        if layers[after].queued_on > layer.queued_on:
            before = layers[after].previous
            break
        before, after = layers[before].previous, layers[after].next
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
    layer.quantity, layer.value, layer.gone, layer.gone_value = quantity, value, 0, 0


@_compiled
def _arrive(layers: NDArray, places: NDArray, number: int, position: int, pooled: bool) -> int:
    """A layer arrives: it covers negative stock first. Returns the variance of that."""
    layer, place = layers[number], places[position]
    rest, rest_value = layer.quantity - layer.gone, layer.value - layer.gone_value
    variance = np.int64(0)
    if place.quantity < 0:
        covered = min(rest, -place.quantity)
        provisional = mul_div_round(-place.value, covered, -place.quantity)
        variance = _take(layer, covered) - provisional
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
    taken = min(wanted, layer.quantity - layer.gone)
    value = _take(layer, taken)
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
    layer.quantity, layer.value, layer.gone, layer.gone_value, layer.origin = quantity, value, 0, 0, origin
    layer.previous, layer.next, layer.sibling, layer.position = -1, -1, -1, -1
    layer.queued_on, layer.received_on = queued_on, received_on


@_compiled
def _put_on_its_way(layers: NDArray, result: np.record, number: int, chain: int, row: int) -> int:
    """Append a layer to those that a transfer carries; its trace is the first of them."""
    layers[number].previous, layers[number].position = chain, -2 - row
    if chain < 0:
        result.trace = number
    else:
        layers[chain].next = number
    return number


@_compiled
def _write_open(layers: NDArray, places: NDArray, first: int, last: int, date: int, rows: NDArray, written: int) -> int:
    """Write the open layers of some positions, in the order of issue. Returns rows written, -1 if full."""
    for position in range(first, last):
        number, order = np.int64(places[position].first), 0
        while number >= 0:
            if written == len(rows):
                return -1
            layer, row = layers[number], rows[written]
            order += 1
            written += 1
            row.position, row.layer_number, row.origin = position, order, layer.origin
            row.received_on, row.quantity = layer.received_on, layer.quantity - layer.gone
            row.value, row.date = layer.value - layer.gone_value, date
            number = layer.next
    return written


@_compiled
def _revalue(layers: NDArray, places: NDArray, number: int, value: int) -> None:
    """Add a value to what is left of a layer."""
    layer = layers[number]
    _rebase(layer, layer.quantity - layer.gone, layer.value - layer.gone_value + value)
    if layer.position >= 0:
        places[layer.position].value += value


@_compiled
def _follow(place: int, quantity: int, value: int, row: int, followed: NDArray, start: int, count: int) -> int:
    """Note what of an adjustment went to a place, which since start may have been noted. Returns the new count."""
    at = start
    while at < count and followed[at].place != place:
        at += 1
    found = followed[at]
    if at == count:
        found.quantity, found.value, found.row, found.place = 0, 0, row, place
        count += 1
    found.quantity += quantity
    found.value += value
    return count


@_compiled
def _follow_units(
    layers: NDArray, places: NDArray, number: int, row: int, amount: int, whole: int, followed: NDArray, count: int
) -> int:
    """Spread an adjustment over its receipt's units, wherever they are. Returns the count, -1 if followed is full."""
    first, needed = number, count
    while number >= 0:
        needed += layers[number].gone < layers[number].quantity
        number = np.int64(layers[number].sibling)
    if needed > len(followed):
        return -1
    start, reached, given, number = count, np.int64(0), np.int64(0), first
    while number >= 0:
        layer = layers[number]
        rest = layer.quantity - layer.gone
        if rest > 0:
            reached += rest
            upto = mul_div_round(amount, reached, whole)
            _revalue(layers, places, number, upto - given)
            count = _follow(layer.position, rest, upto - given, row, followed, start, count)
            given = upto
        number = np.int64(layer.sibling)
    return count


@_compiled
def _follow_fifo(
    layers: NDArray,
    places: NDArray,
    results: NDArray,
    fifo_followed: NDArray,
    row: int,
    amount: int,
    whole: int,
    followed: NDArray,
    count: int,
) -> int:
    """Spread an adjustment over the places where FIFO has its receipt's units. Returns the count."""
    start, reached, given = count, np.int64(0), np.int64(0)
    # FIFO has noted the same rows in the same order.
    while count < len(fifo_followed) and fifo_followed[count].row == row:
        place, quantity = np.int64(fifo_followed[count].place), fifo_followed[count].quantity
        reached += quantity
        upto = mul_div_round(amount, reached, whole)
        number = np.int64(places[place].first) if place >= 0 else results[-2 - place].trace
        _revalue(layers, places, number, upto - given)
        count = _follow(place, quantity, upto - given, row, followed, start, count)
        given = upto
    return count


@_compiled
def _fold(
    method: int,
    ledger: NDArray,
    item_ends: NDArray,
    item_positions: NDArray,
    dates: NDArray,
    results: NDArray,
    fifo_followed: NDArray,
    places: NDArray,
    items: NDArray,
    layers: NDArray,
    followed: NDArray,
    open_layers: NDArray,
    state: NDArray,
) -> bool:
    """Cost all rows, item by item, and write the layers open at the end of each date.

    The trace of a row holds what a later movement that links to it must know: of a sale the
    quantity returned so far; of a receipt or return its layer (under the average: its cost so far);
    of a transfer out the first of its layers. State holds where to go on: item, row and date, and
    how many layers, followed rows and open layers are in use.

    Returns:
        Whether all is done; if not, followed or open_layers is full: call again with longer ones.
    """
    pooled = method == _AVERAGE
    newest_first = method == _LIFO
    code, next_row, date, used, count, written = state
    while code < len(item_ends):
        is_over = next_row == item_ends[code]
        if date < len(dates) and (is_over or ledger[next_row].posted_on > dates[date]):
            first, last = item_positions[code], item_positions[code + 1]
            done = _write_open(layers, places, first, last, dates[date], open_layers, written)
            if done < 0:
                state[:] = (code, next_row, date, used, count, written)
                return False
            written = done
            date += 1
            continue
        if is_over:  # no layer outlives its item's rows
            code, date, used = code + 1, 0, 0
            continue
        i = next_row
        next_row += 1
        entry, result = ledger[i], results[i]
        kind, link = np.int64(entry.kind), np.int64(entry.link)
        today, position = np.int64(entry.posted_on), np.int64(entry.position)
        place, item = places[position], items[code]
        result.trace = -1

        if kind == _COST_ADJUSTMENT:
            here, elsewhere = np.int64(0), np.int64(0)
            if link >= 0:
                start, amount, whole = count, entry.amount, ledger[link].quantity
                if pooled:
                    results[link].trace += amount
                    count = _follow_fifo(layers, places, results, fifo_followed, i, amount, whole, followed, count)
                else:
                    number = results[link].trace
                    done = _follow_units(layers, places, number, i, amount, whole, followed, count)
                    if done < 0:
                        state[:] = (code, i, date, used, count, written)
                        return False
                    count = done
                for at in range(start, count):
                    if followed[at].place == position:
                        here += followed[at].value
                    else:
                        elsewhere += followed[at].value
            elif place.quantity > 0:
                number, on_hand = place.first, np.int64(0)
                while number >= 0:
                    on_hand += layers[number].quantity - layers[number].gone
                    upto = mul_div_round(entry.amount, on_hand, place.quantity)
                    _revalue(layers, places, number, upto - here)
                    here = upto
                    number = layers[number].next
            result.value_change, result.variance = here, entry.amount - here - elsewhere

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
                moved_value += layer.value - layer.gone_value
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
                gone, gone_value = layer.gone, layer.gone_value
                taken, taken_value = _draw(layers, place, number, wanted)
                wanted -= taken
                cost += taken_value
                days += taken * layer.received_on
                if kind == _TRANSFER_OUT:
                    if layer.gone == layer.quantity:
                        # It moves whole, with its history of rounding.
                        layer.gone, layer.gone_value = gone, gone_value
                    else:
                        queued_on, received_on = layer.queued_on, layer.received_on
                        origin, number = layer.origin, used
                        _new_layer(layers, number, taken, taken_value, origin, queued_on, received_on)
                        layers[number].sibling, layer.sibling = layer.sibling, number
                        used += 1
                    chain = _put_on_its_way(layers, result, number, chain, i)
            if wanted > 0:
                provisional = _known_cost(place, item, wanted)
                place.quantity -= wanted
                place.value -= provisional
                cost += provisional
                days += wanted * today
                result.is_provisional = True
                if kind == _TRANSFER_OUT:
                    _new_layer(layers, used, wanted, provisional, i, today, today)
                    chain = _put_on_its_way(layers, result, used, chain, i)
                    used += 1
            result.value_change = -cost
            if kind == _SALE:
                result.trace = 0
                result.left_on = days // -entry.quantity
    state[:] = (code, next_row, date, used, count, written)
    return True


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


def _links(movements: pa.Table, entries: NDArray) -> NDArray[np.int32]:
    """Row of the linked movement; -1 where none, or where the link can't be what it says."""
    numbers = movements["movement_number"].to_numpy()
    column = movements["linked_movement_number"].combine_chunks()
    links = np.full(len(numbers), -1, np.int32)
    linking = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    if len(linking) == 0:
        return links
    wanted = column.drop_null().to_numpy().astype(np.int64)
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        found = np.clip(wanted - numbers[0], 0, len(numbers) - 1)
    else:
        found = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    expected = np.full(len(MOVEMENT_TYPES), -1)
    for later, earlier in _LINKED_TYPES.items():
        expected[MOVEMENT_TYPES.index(later)] = MOVEMENT_TYPES.index(earlier)
    earlier, later = entries[found], entries[linking]
    is_inbound = earlier["kind"] < _COST_ADJUSTMENT
    holds = (
        (numbers[found] == wanted)
        & (found < linking)
        & (earlier["item"] == later["item"])
        & (earlier["kind"] == expected[later["kind"]])
        & (earlier["quantity"] * np.where(is_inbound, 1, -1) > 0)
    )
    links[linking[holds]] = found[holds]
    return links


class _Ledger(NamedTuple):
    """The ledger item by item, as fixed-width records."""

    entries: NDArray
    order: NDArray[np.int32]  # place of each entry in the order of the ledger
    places: NDArray[np.int32]  # the entry that stands at each place in the order of the ledger
    numbers: pa.Array  # movement_number, in the order of the ledger
    item_ends: NDArray[np.int64]  # row after the last entry of each item
    items: pa.Array
    item_positions: NDArray[np.int64]  # first position of each item, and one past the last
    location_codes: NDArray[np.int32]  # of each position
    locations: pa.Array

    def item_ids(self, position_codes: NDArray) -> pa.DictionaryArray:
        """Items of positions."""
        codes = np.searchsorted(self.item_positions, np.arange(len(self.location_codes)), side="right") - 1
        return pa.DictionaryArray.from_arrays(codes.astype(np.int32)[position_codes], self.items)

    def location_ids(self, position_codes: NDArray) -> pa.DictionaryArray:
        """Locations of positions."""
        return pa.DictionaryArray.from_arrays(self.location_codes[position_codes], self.locations)


@_compiled
def _by_item(item_codes: NDArray, free: NDArray, order: NDArray, places: NDArray) -> None:
    """Fill the order of the rows by item, and each row's place in it; free is where each item starts."""
    for row in range(len(item_codes)):
        place = free[item_codes[row]]
        order[place], places[row] = row, place
        free[item_codes[row]] += 1


def _read(movements: pa.Table) -> _Ledger:
    """The ledger in the kernel's form."""
    missing = [name for name in LEDGER_COLUMNS if name not in movements.column_names]
    if missing:
        raise KeyError(f"movements lack the columns {', '.join(missing)}")
    movements = _in_order(movements)
    kinds = pc.index_in(movements["movement_type"], pa.array(MOVEMENT_TYPES))
    if kinds.null_count:
        unknown = movements["movement_type"].filter(kinds.is_null())[0]
        raise ValueError(f"movement_type {unknown} is none of {', '.join(MOVEMENT_TYPES)}")
    entries = np.zeros(len(movements), _ENTRY)
    entries["kind"] = kinds.to_numpy()
    entries["item"], items = _codes(movements["item_id"])
    entries["posted_on"] = to_days(movements["posted_on"])
    entries["received_on"] = to_days(movements["received_on"])
    entries["quantity"] = to_units(movements["quantity_change"])
    entries["amount"] = to_units(movements["cost_amount"])
    entries["has_amount"] = movements["cost_amount"].is_valid().to_numpy()
    entries["link"] = _links(movements, entries)
    if np.any(np.diff(entries["posted_on"]) < 0):
        raise ValueError("movement_number does not follow posted_on")
    arriving = np.flatnonzero((entries["kind"] == _TRANSFER_IN) & (entries["link"] >= 0))
    if np.any(entries["quantity"][arriving] != -entries["quantity"][entries["link"][arriving]]):
        raise ValueError("a transfer_in has another quantity than its transfer_out")

    location_codes, locations = _codes(movements["location_id"])
    item_ends = np.cumsum(np.bincount(entries["item"], minlength=len(items)))
    order, places = np.empty(len(entries), np.int32), np.empty(len(entries), np.int32)
    _by_item(entries["item"].copy(), np.concatenate([[0], item_ends[:-1]]), order, places)
    entries = np.take(entries, order)  # six times as fast on records as entries[order]
    entries["link"] = np.where(entries["link"] >= 0, places[entries["link"]], -1)
    pairs = entries["item"].astype(np.int64) * max(len(locations), 1) + location_codes[order]
    entries["position"], pairs = _codes(pa.chunked_array([pairs]))
    pairs = pairs.to_numpy()
    return _Ledger(
        entries,
        order,
        places,
        movements["movement_number"].combine_chunks().cast(pa.int64()),
        item_ends,
        items,
        np.searchsorted(pairs // max(len(locations), 1), np.arange(len(items) + 1)),
        (pairs % max(len(locations), 1)).astype(np.int32),
        locations,
    )


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


def _places(ledger: _Ledger) -> NDArray:
    """The positions before the first movement."""
    places = np.zeros(len(ledger.location_codes), _POSITION)
    places["first"] = places["last"] = -1
    return places


def _run(
    method: int, ledger: _Ledger, standards: NDArray[np.int64], fifo_followed: NDArray, dates: NDArray[np.int32]
) -> tuple[NDArray, NDArray, NDArray]:
    """Results of all rows, where cost adjustments found their units, layers open at the dates."""
    entries = ledger.entries
    items = np.zeros(len(standards), _POSITION)
    items["known_quantity"] = np.where(standards >= 0, UNIT, 0)
    items["known_value"] = np.maximum(standards, 0)
    # Every inbound brings one layer; a transfer out may split one and lack one.
    brought = (entries["quantity"] > 0) + 2 * (entries["kind"] == _TRANSFER_OUT)
    totals = np.concatenate([[0], np.cumsum(brought)])
    layers = np.empty(np.max(np.diff(totals[ledger.item_ends], prepend=0), initial=0), _LAYER)
    results = np.zeros(len(entries), _RESULT)
    followed = np.empty(len(fifo_followed) or 2 * np.count_nonzero(entries["kind"] == _COST_ADJUSTMENT), _FOLLOWED)
    rows = np.empty(len(dates) * len(ledger.location_codes), _OPEN_LAYER)
    state = np.zeros(6, np.int64)
    places = _places(ledger)
    while not _fold(
        method,
        entries,
        ledger.item_ends,
        ledger.item_positions,
        dates,
        results,
        fifo_followed,
        places,
        items,
        layers,
        followed,
        rows,
        state,
    ):
        followed = np.resize(followed, 2 * len(followed) + 16)
        rows = np.resize(rows, 2 * len(rows) + 16)
    return results, followed[: state[4]], rows[: state[5]]


class _Costs(NamedTuple):
    """What one method says of every row, in the order of the ledger."""

    value_change: NDArray[np.int64]
    variance_amount: NDArray[np.int64]
    is_provisional: NDArray[np.bool_]
    is_cost_assumed: NDArray[np.bool_]
    followed: NDArray  # where cost adjustments found their receipts' units


def _cost_layered(method: int, ledger: _Ledger, standards: NDArray[np.int64], fifo_followed: NDArray) -> _Costs:
    """Costs by FIFO, LIFO or average."""
    results, followed, _ = _run(method, ledger, standards, fifo_followed, np.empty(0, np.int32))
    return _in_ledger_order(ledger, results, followed)


def _cost_standard(ledger: _Ledger, standards: NDArray[np.int64]) -> _Costs:
    """Costs at standard; nothing of items without one."""
    results = np.zeros(len(ledger.entries), _RESULT)
    _run_standard(ledger.entries, results, _places(ledger), standards)
    return _in_ledger_order(ledger, results, np.empty(0, _FOLLOWED))


def _in_ledger_order(ledger: _Ledger, results: NDArray, followed: NDArray) -> _Costs:
    names = ("value_change", "variance", "is_provisional", "is_assumed")
    return _Costs(*(np.take(results[name], ledger.places) for name in names), followed)


def _cost(ledger: _Ledger, standards: NDArray[np.int64]) -> list[_Costs]:
    """Costs by every method, two at a time; the average needs to know where FIFO has a receipt's units."""
    none = np.empty(0, _FOLLOWED)
    with ThreadPoolExecutor(2) as pool:
        lifo = pool.submit(_cost_layered, _LIFO, ledger, standards, none)
        fifo = pool.submit(_cost_layered, _FIFO, ledger, standards, none).result()
        average = pool.submit(_cost_layered, _AVERAGE, ledger, standards, fifo.followed)
        standard = pool.submit(_cost_standard, ledger, standards)
        return [fifo, lifo.result(), average.result(), standard.result()]


def _own_costs(ledger: _Ledger, standards: NDArray[np.int64], costs: list[_Costs]) -> pa.Table:
    """What every movement did at its own place."""
    rows = len(ledger.numbers)
    columns = {
        "movement_number": ledger.numbers,
        "elsewhere_location_id": pa.nulls(rows, pa.string()),
        "transfer_movement_number": pa.nulls(rows, pa.int64()),
        "is_provisional": costs[_FIFO].is_provisional,
        "is_cost_assumed": costs[_FIFO].is_cost_assumed,
    }
    has_standard = pa.array(np.take(standards >= 0, np.take(ledger.entries["item"], ledger.places)))
    for method, name in enumerate(COSTING_METHODS):
        for measure in ("value_change", "variance_amount"):
            amounts = to_decimals(getattr(costs[method], measure))
            columns[f"{name}_{measure}"] = pc.if_else(has_standard, amounts, None) if method == _STANDARD else amounts
    return pa.table(columns)


def _costs_elsewhere(ledger: _Ledger, standards: NDArray[np.int64], costs: list[_Costs]) -> pa.Table:
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
    positions = np.where(is_under_way, np.take(entries["position"], transfers), places)
    columns = {
        "movement_number": ledger.numbers.take(pa.array(ledger.order[rows])),
        "elsewhere_location_id": ledger.location_ids(positions).cast(pa.string()),
        "transfer_movement_number": ledger.numbers.take(pa.array(ledger.order[transfers], mask=~is_under_way)),
        "is_provisional": np.zeros(len(rows), np.bool_),
        "is_cost_assumed": np.zeros(len(rows), np.bool_),
    }
    has_standard = pa.array(np.take(standards >= 0, np.take(entries["item"], rows)))
    for method, name in enumerate(COSTING_METHODS):
        start = sum(len(each) for each in followed[:method])
        values = np.zeros(len(rows), np.int64)
        values[of_pair[start : start + len(followed[method])]] = followed[method]["value"]
        for measure, units in (("value_change", values), ("variance_amount", np.zeros_like(values))):
            amounts = to_decimals(units)
            columns[f"{name}_{measure}"] = pc.if_else(has_standard, amounts, None) if method == _STANDARD else amounts
    return pa.table(columns)


def costs_side_by_side(movements: pa.Table, standard_costs: pa.Table) -> pa.Table:
    """Cost every movement by every costing method, the methods as columns.

    Args:
        movements: the ledger, with `LEDGER_COLUMNS`; decimals with up to four places.
        standard_costs: item_id, standard_cost (null: none).

    Returns:
        One row per movement, and one more for every other place where a cost adjustment found units
        of its receipt: movement_number, elsewhere_location_id (that other place, or the sender of
        units under way; null: the movement's own), transfer_movement_number (the transfer out that
        carries units under way), is_provisional (some units were issued from negative stock),
        is_cost_assumed (the documents name no cost), and for each method, its name before theirs,
        value_change (signed change of the inventory value) and variance_amount (what goes straight
        to cost of sales). Standard is null where the item has no standard cost. Every inbound's cost
        is the sum of its value changes and its variance.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    ledger = _read(movements)
    del movements
    standards = _standards(standard_costs, ledger.items)
    costs = _cost(ledger, standards)
    return pa.concat_tables([_own_costs(ledger, standards, costs), _costs_elsewhere(ledger, standards, costs)])


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
    is_own = pc.is_null(costs["elsewhere_location_id"])
    tables = []
    for name in COSTING_METHODS:
        has_change = pc.not_equal(costs[f"{name}_value_change"], pa.scalar(0, AMOUNT))
        rows = costs.filter(pc.and_(pc.is_valid(has_change), pc.or_(is_own, has_change)))
        is_layered = pa.scalar(name != "standard")
        tables.append(
            pa.table(
                {
                    "movement_number": rows["movement_number"],
                    "costing_method": pa.repeat(name, len(rows)),
                    "elsewhere_location_id": rows["elsewhere_location_id"],
                    "transfer_movement_number": rows["transfer_movement_number"],
                    "value_change": rows[f"{name}_value_change"],
                    "variance_amount": rows[f"{name}_variance_amount"],
                    "is_provisional": pc.and_(rows["is_provisional"], is_layered),
                    "is_cost_assumed": pc.and_(rows["is_cost_assumed"], is_layered),
                }
            )
        )
    return pa.concat_tables(tables)


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
    ledger = _read(movements)
    del movements
    standards = _standards(standard_costs, ledger.items)
    dates = np.unique(to_days(valuation_dates["valuation_date"]))
    rows = _run(_FIFO, ledger, standards, np.empty(0, _FOLLOWED), dates)[2]
    return pa.table(
        {
            "item_id": ledger.item_ids(rows["position"]),
            "location_id": ledger.location_ids(rows["position"]),
            "valuation_date": pa.array(rows["date"]).cast(pa.date32()),
            "layer_number": rows["layer_number"].astype(np.int64),
            "received_on": pa.array(rows["received_on"]).cast(pa.date32()),
            "receipt_movement_number": ledger.numbers.take(pa.array(ledger.order[rows["origin"]])),
            "quantity": to_decimals(rows["quantity"]),
            "fifo_value": to_decimals(rows["value"]),
        }
    )
