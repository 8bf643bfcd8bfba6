"""The compiled fold behind `costing`: one pass over the ledger per costing method, item by item.

It works on fixed-width records; money and quantities are whole ten-thousandths. What an item has in memory at the
end of a date (its layers, its positions, the last known costs) can be written down, and a later pass can start
from it. `costing` says what the policies are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import UNIT, mul_div_round

OPENING, RECEIPT, CUSTOMER_RETURN, TRANSFER_IN = 0, 1, 2, 3
COST_ADJUSTMENT, SALE, TRANSFER_OUT, SUPPLIER_RETURN, RETURN_SCRAP = 5, 6, 7, 9, 10
FIFO, LIFO, AVERAGE, STANDARD = 0, 1, 2, 3
_UNIT = np.int64(UNIT)

ENTRY = np.dtype(
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
LAYER = np.dtype(
    [
        ("quantity", np.int64),  # when it came; with the value and what has gone it gives the rest
        ("value", np.int64),
        ("gone", np.int64),
        ("gone_value", np.int64),
        ("previous", np.int32),
        ("next", np.int32),
        ("sibling", np.int32),  # next layer split from the same receipt; -1: none
        ("position", np.int32),  # -1: gone; -2 and less: under way with the transfer of row -2 - position
        ("origin", np.int32),  # row of the movement that brought it; -2 - k: the k-th that is only remembered
        ("head", np.int32),  # first layer of its receipt, through which late costs find it; -1: sent before it was here
        ("queued_on", np.int32),
        ("received_on", np.int32),
    ],
    align=True,
)
POSITION = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("known_quantity", np.int64),  # last known unit cost, as a ratio
        ("known_value", np.int64),
        ("first", np.int64),
        ("last", np.int64),
    ]
)
RESULT = np.dtype(
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
FOLLOWED = np.dtype(
    [
        ("quantity", np.int64),  # of the adjusted receipt at this place
        ("value", np.int64),  # of the adjustment
        ("row", np.int32),  # of the adjustment
        ("place", np.int32),  # as a layer's position
    ]
)
OPEN_LAYER = np.dtype(
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

STATE = np.dtype(
    [
        ("quantity", np.int64),  # of the layer when it came, or of the position
        ("value", np.int64),
        ("other_quantity", np.int64),  # of the layer gone, of the position or item last known
        ("other_value", np.int64),
        ("previous", np.int32),
        ("next", np.int32),
        ("sibling", np.int32),
        ("head", np.int32),
        ("item", np.int32),
        ("position", np.int32),  # as a layer's; -1 of the item's own row and of layers that are gone
        ("number", np.int32),  # of the layer; -1: what the position or the item remembers
        ("origin", np.int32),  # as a layer's; -1 under the average
        ("queued_on", np.int32),
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
    layer.position = -1
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
    layer.previous, layer.next, layer.sibling, layer.head, layer.position = -1, -1, -1, -1, -1
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
def _mark_kept(layers: NDArray, used: int, kept: NDArray) -> int:
    """Number the layers that what is to come may need: open ones, and what later costs reach them through."""
    kept[:used] = -1
    for number in range(used):
        layer = layers[number]
        if layer.gone < layer.quantity and layer.position != -1:
            kept[number] = 0
            # The way to a receipt's split layers goes through its first one, gone or not.
            if layer.head >= 0:
                kept[layer.head] = 0
    count = 0
    for number in range(used):
        if kept[number] == 0:
            kept[number] = count
            count += 1
    return count


@_compiled
def _write_state(
    method: int,
    layers: NDArray,
    used: int,
    places: NDArray,
    item: np.record,
    code: int,
    first: int,
    last: int,
    date: int,
    kept: NDArray,
    rows: NDArray,
    written: int,
) -> int:
    """Write down an item's memory. Returns rows written, -1 if full."""
    if written + 1 + last - first + used > len(rows):
        return -1
    _mark_kept(layers, used, kept)
    for position in range(first - 1, last):
        place = places[position] if position >= first else item
        row = rows[written]
        written += 1
        row.item, row.position, row.number, row.date = code, position if position >= first else -1, -1, date
        row.quantity, row.value = place.quantity, place.value
        row.other_quantity, row.other_value = place.known_quantity, place.known_value
        row.previous, row.next, row.sibling, row.head, row.origin = -1, -1, -1, -1, -1
        row.queued_on, row.received_on = 0, 0
    for number in range(used):
        if kept[number] < 0:
            continue
        layer, row = layers[number], rows[written]
        written += 1
        row.item, row.position, row.number, row.date = code, layer.position, kept[number], date
        row.quantity, row.value = layer.quantity, layer.value
        row.other_quantity, row.other_value = layer.gone, layer.gone_value
        row.previous = kept[layer.previous] if layer.previous >= 0 else -1
        row.next = kept[layer.next] if layer.next >= 0 else -1
        row.queued_on = layer.queued_on
        # Only FIFO tells age.
        row.received_on = layer.received_on if method == FIFO else 0
        row.origin, row.head, row.sibling = -1, -1, -1
        if method != AVERAGE:
            row.origin = layer.origin
            row.head = kept[layer.head] if layer.head >= 0 else -1
            sibling = np.int64(layer.sibling)
            while sibling >= 0 and kept[sibling] < 0:
                sibling = np.int64(layers[sibling].sibling)
            if sibling >= 0:
                row.sibling = kept[sibling]
    return written


@_compiled
def _restore(
    results: NDArray,
    layers: NDArray,
    places: NDArray,
    item: np.record,
    memory: NDArray,
    start: int,
    end: int,
) -> int:
    """Bring an item's memory back. Returns how many layers it has."""
    used = 0
    for at in range(start, end):
        row = memory[at]
        if row.number < 0:
            if row.position < 0:
                item.known_quantity, item.known_value = row.other_quantity, row.other_value
            else:
                place = places[row.position]
                place.quantity, place.value = row.quantity, row.value
                place.known_quantity, place.known_value = row.other_quantity, row.other_value
            continue
        number = np.int64(row.number)
        layer = layers[number]
        used += 1
        layer.quantity, layer.value, layer.gone, layer.gone_value = (
            row.quantity,
            row.value,
            row.other_quantity,
            row.other_value,
        )
        layer.previous, layer.next, layer.sibling = row.previous, row.next, row.sibling
        layer.position, layer.origin, layer.head = row.position, row.origin, row.head
        layer.queued_on, layer.received_on = row.queued_on, row.received_on
        if row.position >= 0 and row.previous < 0:
            places[row.position].first = number
        if row.position >= 0 and row.next < 0:
            places[row.position].last = number
        if row.position <= -2 and row.previous < 0:
            results[-2 - row.position].trace = number
        if row.origin >= 0 and row.head == number:
            results[row.origin].trace = number
    return used


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
def fold(
    method: int,
    ledger: NDArray,
    item_starts: NDArray,
    item_ends: NDArray,
    item_positions: NDArray,
    memory: NDArray,
    memory_ends: NDArray,
    dates: NDArray,
    first_dates: NDArray,
    is_saved: NDArray,
    results: NDArray,
    fifo_followed: NDArray,
    places: NDArray,
    items: NDArray,
    layers: NDArray,
    kept: NDArray,
    followed: NDArray,
    open_layers: NDArray,
    states: NDArray,
    progress: NDArray,
) -> bool:
    """Cost all rows from each item's start on, and write what there is at the end of each date.

    That is the open layers, or of dates that are saved the item's whole memory. Rows before an item's start are
    there to be linked to. The memory it starts from stands, item by item, up to its memory's end.

    The trace of a row holds what a later movement that links to it must know: of a sale the
    quantity returned so far; of a receipt or return its layer (under the average: its cost so far);
    of a transfer out the first of its layers. Progress holds where to go on: item, row and date, and
    how many layers, followed rows, open layers and rows of states are in use.

    Returns:
        Whether all is done; if not, followed, open_layers or states is full: call again with longer ones.
    """
    pooled = method == AVERAGE
    newest_first = method == LIFO
    code, next_row, date, used, count, written, saved = progress
    while code < len(item_ends):
        if next_row < 0:  # the item is new
            next_row, date = item_starts[code], first_dates[code]
            memory_start = memory_ends[code - 1] if code > 0 else np.int64(0)
            used = _restore(results, layers, places, items[code], memory, memory_start, memory_ends[code])
        is_over = next_row == item_ends[code]
        if date < len(dates) and (is_over or ledger[next_row].posted_on > dates[date]):
            first, last = item_positions[code], item_positions[code + 1]
            if is_saved[date]:
                done = _write_state(
                    method,
                    layers,
                    used,
                    places,
                    items[code],
                    code,
                    first,
                    last,
                    dates[date],
                    kept,
                    states,
                    saved,
                )
                saved = max(saved, done)
            else:
                done = _write_open(layers, places, first, last, dates[date], open_layers, written)
                written = max(written, done)
            if done < 0:
                progress[:] = (code, next_row, date, used, count, written, saved)
                return False
            date += 1
            continue
        if is_over:  # no layer outlives its item's rows
            code, next_row = code + 1, -1
            continue
        i = next_row
        next_row += 1
        entry, result = ledger[i], results[i]
        kind, link = np.int64(entry.kind), np.int64(entry.link)
        today, position = np.int64(entry.posted_on), np.int64(entry.position)
        place, item = places[position], items[code]
        result.trace = -1

        if kind == COST_ADJUSTMENT:
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
                        progress[:] = (code, i, date, used, count, written, saved)
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

        elif kind == TRANSFER_IN and link >= 0 and results[link].trace >= 0:
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
            if newest_first and kind != OPENING:
                queued_on = today
            if kind == CUSTOMER_RETURN:
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
                if kind in (RECEIPT, OPENING):
                    value = _known_cost(place, item, quantity)
                else:
                    value = _current_cost(place, item, quantity)
            if is_known:
                place.known_quantity, place.known_value = quantity, value
                item.known_quantity, item.known_value = quantity, value
            _new_layer(layers, used, quantity, value, i, queued_on, received_on)
            if not pooled:
                layers[used].head = used
            result.is_assumed = not is_known
            result.variance = _arrive(layers, places, used, position, pooled)
            result.value_change = value - result.variance
            result.trace = value if pooled else used
            used += 1

        elif entry.quantity < 0:
            wanted, cost, days = -entry.quantity, np.int64(0), np.int64(0)
            chain = np.int64(-1)
            if kind in (SUPPLIER_RETURN, RETURN_SCRAP) and link >= 0:
                number = results[link].trace
                if not pooled and number >= 0 and layers[number].position == position:
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
                if kind == TRANSFER_OUT:
                    if layer.gone == layer.quantity:
                        # It moves whole, with its history of rounding.
                        layer.gone, layer.gone_value = gone, gone_value
                    else:
                        queued_on, received_on = layer.queued_on, layer.received_on
                        origin, number = layer.origin, used
                        _new_layer(layers, number, taken, taken_value, origin, queued_on, received_on)
                        layers[number].sibling, layer.sibling = layer.sibling, number
                        layers[number].head = layer.head
                        used += 1
                    chain = _put_on_its_way(layers, result, number, chain, i)
            if wanted > 0:
                provisional = _known_cost(place, item, wanted)
                place.quantity -= wanted
                place.value -= provisional
                cost += provisional
                days += wanted * today
                result.is_provisional = True
                if kind == TRANSFER_OUT:
                    _new_layer(layers, used, wanted, provisional, i, today, today)
                    chain = _put_on_its_way(layers, result, used, chain, i)
                    used += 1
            result.value_change = -cost
            if kind == SALE:
                result.trace = 0
                result.left_on = days // -entry.quantity
    progress[:] = (code, next_row, date, used, count, written, saved)
    return True


@_compiled
def _at_standard(standard: int, quantity: int) -> int:
    """Value of a quantity, which may be negative."""
    value = mul_div_round(standard, abs(quantity), _UNIT)
    return value if quantity >= 0 else -value


@_compiled
def fold_standard(
    ledger: NDArray,
    item_starts: NDArray,
    item_ends: NDArray,
    memory: NDArray,
    results: NDArray,
    places: NDArray,
    standards: NDArray,
) -> None:
    """Cost all rows from each item's start on at standard (ten-thousandths a unit; -1: none)."""
    for at in range(len(memory)):
        row = memory[at]
        if row.number < 0 and row.position >= 0 and standards[row.item] >= 0:
            place = places[row.position]
            place.quantity, place.value = row.quantity, _at_standard(standards[row.item], row.quantity)
    for code in range(len(item_ends)):
        standard = standards[code]
        for i in range(item_starts[code], item_ends[code]):
            if standard < 0:
                break
            entry, result = ledger[i], results[i]
            place = places[entry.position]
            before = place.value
            place.quantity += entry.quantity
            place.value = _at_standard(standard, place.quantity)
            result.value_change = place.value - before
            if entry.kind == TRANSFER_IN and entry.link >= 0:
                result.variance = -results[entry.link].value_change - result.value_change
            elif entry.has_amount and entry.quantity >= 0:
                result.variance = entry.amount - result.value_change
