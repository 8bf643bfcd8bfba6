"""The compiled fold behind `costing`: one pass over the ledger per costing method, item by item.

It works on fixed-width records; money is whole ten-thousandths, quantities whole millionths. What an item has in
memory at the end of a date (its layers, its positions, the last known costs) can be written down, and a later pass can
start from it. `costing` says what the policies are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import mul_div_round

OPENING, RECEIPT, CUSTOMER_RETURN, TRANSFER_IN = 0, 1, 2, 3
COST_ADJUSTMENT, SALE, TRANSFER_OUT, SUPPLIER_RETURN, RETURN_SCRAP = 5, 6, 7, 9, 10
FIFO, LIFO, AVERAGE, STANDARD = 0, 1, 2, 3
TRACED_KINDS = (RECEIPT, TRANSFER_IN, TRANSFER_OUT, SUPPLIER_RETURN)
DONE, FOLLOWED_FULL, LAYERS_FULL, STATES_FULL = 0, 1, 2, 3
_LARGEST = 36 * 10**17  # of a position; one movement more can't pass 64 bits
_LARGEST_SHARE = 4e18
_WHOLE = 10**15  # parts of a share; more would be more than a float tells
_WEIGHED_BITS = 45  # of a quantity that is multiplied by a day

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
        ("left_per_unit", np.float64),  # under the average: what of the stock at its latest trace is still there
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
TRACE = np.dtype(
    [
        ("left", np.float64),  # what of the stock at the place's trace before this one was still there
        ("part", np.float64),  # of what came, what has not covered negative stock; of the stock (or receipt), what left
        ("moved", np.float64),  # of the receipt that is being followed, what is under way with this transfer
        ("row", np.int32),
        ("position", np.int32),
        ("link", np.int32),  # trace of the row's link; -1: none
        ("next", np.int32),  # next trace that brought a place or a transfer what it has of the receipt being followed
        ("kind", np.int8),
    ],
    align=True,
)
FOLLOWED = np.dtype(
    [
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
        ("left_per_unit", np.float64),  # of the position, under the average
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
def _at_cost(value: int, quantity: int, wanted: int) -> int:
    """Value of the wanted quantity at the cost of another one."""
    if np.float64(value) * np.float64(wanted) / np.float64(quantity) > _LARGEST_SHARE:
        raise OverflowError("the cost of a movement does not fit 64 bits")
    return mul_div_round(value, wanted, quantity)


@_compiled
def _known_cost(place: np.record, item: np.record, quantity: int) -> int:
    """Value of a quantity at the last known unit cost of the position, else of the item."""
    if place.known_quantity > 0:
        return _at_cost(place.known_value, place.known_quantity, quantity)
    if item.known_quantity > 0:
        return _at_cost(item.known_value, item.known_quantity, quantity)
    return np.int64(0)


@_compiled
def _current_cost(place: np.record, item: np.record, quantity: int) -> int:
    """Value of a quantity at the position's current average cost, last known if it is empty."""
    if place.quantity > 0:
        return _at_cost(place.value, place.quantity, quantity)
    return _known_cost(place, item, quantity)


@_compiled
def _next_cost(layers: NDArray, place: np.record, item: np.record, quantity: int, newest_first: bool) -> int:
    """Value of a quantity at the unit cost of what the method lets leave next, last known if there is nothing."""
    number = place.last if newest_first else place.first
    if place.quantity <= 0 or number < 0:
        return _known_cost(place, item, quantity)
    layer = layers[number]
    return _at_cost(layer.value - layer.gone_value, layer.quantity - layer.gone, quantity)


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
        row.left_per_unit = place.left_per_unit
        row.previous, row.next, row.sibling, row.head, row.origin = -1, -1, -1, -1, -1
        row.queued_on, row.received_on = 0, 0
    for number in range(used):
        if kept[number] < 0:
            continue
        layer, row = layers[number], rows[written]
        written += 1
        row.item, row.position, row.number, row.date = code, layer.position, kept[number], date
        row.quantity, row.value = layer.quantity, layer.value
        row.other_quantity, row.other_value, row.left_per_unit = layer.gone, layer.gone_value, 0.0
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
                place.left_per_unit = row.left_per_unit
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
def _revalue(layers: NDArray, places: NDArray, number: int, value: int) -> int:
    """Add a value to what is left of a layer, which is never worth less than nothing. Returns what was added."""
    layer = layers[number]
    rest_value = layer.value - layer.gone_value
    value = max(value, -rest_value)
    _rebase(layer, layer.quantity - layer.gone, rest_value + value)
    if layer.position >= 0:
        places[layer.position].value += value
    return value


@_compiled
def _follow(place: int, value: int, row: int, followed: NDArray, start: int, count: int) -> int:
    """Note what of an adjustment went to a place, which since start may have been noted. Returns the new count."""
    at = start
    while at < count and followed[at].place != place:
        at += 1
    found = followed[at]
    if at == count:
        found.value, found.row, found.place = 0, row, place
        count += 1
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
            value = _revalue(layers, places, number, upto - given)
            count = _follow(layer.position, value, row, followed, start, count)
            given = upto
        number = np.int64(layer.sibling)
    return count


@_compiled
def _left(place: np.record) -> float:
    """What of the stock at a position's latest trace is still there: each issue takes the same part of all."""
    return place.left_per_unit * max(place.quantity, 0)


@_compiled
def _mix(place: np.record, left: float, quantity: int) -> None:
    """Say what is still there of a position that will then have a quantity."""
    place.left_per_unit = left / quantity if quantity > 0 else 0.0


@_compiled
def _trace_of(traces: NDArray, first: int, last: int, row: int) -> int:
    """Where the trace of a row stands among those from the first to before the last; -1 if it has none there."""
    end = last
    while first < end:
        middle = (first + end) // 2
        if traces[middle].row < row:
            first = middle + 1
        else:
            end = middle
    return first if first < last and traces[first].row == row else -1


@_compiled
def _trace(traces: NDArray, first: int, count: int, row: int, entry: np.record, place: np.record, part: float) -> int:
    """Note what a later cost must know of a movement that is about to happen. Returns the new count."""
    trace = traces[count]
    trace.left, trace.part, trace.row = _left(place), part, row
    trace.position, trace.kind, trace.link = entry.position, entry.kind, _trace_of(traces, first, count, entry.link)
    _mix(place, 1.0, place.quantity + entry.quantity)
    return count + 1


@_compiled
def _part_in_stock(place: np.record, quantity: int) -> float:
    """What of a quantity that arrives does not cover negative stock."""
    return np.float64(quantity - min(max(-place.quantity, 0), quantity)) / quantity


@_compiled
def _share_out(places: NDArray, first: int, traces: NDArray, start: int, end: int, shares: NDArray) -> int:
    """Tell how a receipt's cost is spread by the average: the share of each position, and of each transfer under way.

    An issue takes the same part of all that its pool holds, a transfer carries it to another pool. The receipt has
    the first of the traces; shares are those of the item's positions, from its first on. Returns how many have any.
    """
    shares[:] = 0.0
    shares[traces[start].position - first] = traces[start].part
    traces[start].moved = 0.0
    latest, found = start, 1
    for at in range(start + 1, end):
        trace = traces[at]
        here, moved = trace.position - first, 0.0
        share = shares[here] * trace.left
        if trace.kind == TRANSFER_OUT:
            moved = share * trace.part
            share -= moved
        elif trace.kind == TRANSFER_IN and trace.link >= start:
            share += traces[trace.link].moved * trace.part
            traces[trace.link].moved = 0.0
        elif trace.kind == SUPPLIER_RETURN and trace.link == start:
            share = max(share - trace.part, 0.0)
        if moved > 0 or (trace.kind == TRANSFER_IN and share > 0):
            traces[latest].next, latest = at, at
            found += 1
        trace.moved, shares[here] = moved, share
    traces[latest].next = -1
    for here in range(len(shares)):
        shares[here] *= _left(places[first + here])
    return found


@_compiled
def _share_of(amount: int, share: float) -> int:
    """A share of an amount; where a float can't tell it from a half, that is rounded away from zero."""
    return mul_div_round(amount, min(np.int64(share * _WHOLE) + 1, _WHOLE), _WHOLE)


@_compiled
def _follow_shares(
    layers: NDArray,
    places: NDArray,
    results: NDArray,
    first: int,
    traces: NDArray,
    start: int,
    end: int,
    row: int,
    amount: int,
    shares: NDArray,
    followed: NDArray,
    count: int,
) -> int:
    """Spread an adjustment over the pools that its receipt's cost is in. Returns the count, -1 if followed is full."""
    if count + _share_out(places, first, traces, start, end, shares) > len(followed):
        return -1
    reached, given, at = 0.0, np.int64(0), np.int64(start)
    # In the order of the ledger, which is the same from whatever row a pass begins.
    while at >= 0:
        trace = traces[at]
        place, share = np.int64(trace.position), trace.moved
        if trace.kind == TRANSFER_OUT:
            place, number = -2 - np.int64(trace.row), np.int64(results[trace.row].trace)
        else:
            number, share = np.int64(places[place].first), shares[place - first]
            shares[place - first] = 0.0
        if share > 0:
            reached += share
            upto = _share_of(amount, reached)
            value = _revalue(layers, places, number, upto - given)
            given = upto
            if value != 0:
                followed[count].value, followed[count].row, followed[count].place = value, row, place
                count += 1
        at = np.int64(trace.next)
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
    places: NDArray,
    items: NDArray,
    layers: NDArray,
    kept: NDArray,
    earlier_traces: NDArray,
    earlier_trace_ends: NDArray,
    traces: NDArray,
    shares: NDArray,
    followed: NDArray,
    open_layers: NDArray,
    states: NDArray,
    progress: NDArray,
) -> int:
    """Cost all rows from each item's start on, and write what there is at the end of each date.

    That is the open layers, or of dates that are saved the item's whole memory. Rows before an item's start are
    there to be linked to. The memory it starts from stands, item by item, up to its memory's end.

    The trace of a row's result holds what a later movement that links to it must know: of a sale the
    quantity returned so far; of a receipt or return its layer (under the average: its cost so far);
    of a transfer out the first of its layers. Under the average, traces tell what becomes of a receipt's share of the
    pools; those of rows before an item's start are given. Progress holds where to go on: item, row and date, how many
    layers, followed rows, open layers and rows of states are in use, the item's first trace, and how many there are.

    Returns:
        `DONE`, or which of followed, open_layers and states is full: call again with a longer one.
    """
    pooled = method == AVERAGE
    newest_first = method == LIFO
    code, next_row, date, used, count, written, saved, first_trace, traced = progress
    while code < len(item_ends):
        if next_row < 0:  # the item is new
            next_row, date = item_starts[code], first_dates[code]
            memory_start = memory_ends[code - 1] if code > 0 else np.int64(0)
            used = _restore(results, layers, places, items[code], memory, memory_start, memory_ends[code])
            first_trace = traced
            for at in range(earlier_trace_ends[code - 1] if code > 0 else 0, earlier_trace_ends[code]):
                traces[traced] = earlier_traces[at]
                traces[traced].link = _trace_of(traces, first_trace, traced, ledger[earlier_traces[at].row].link)
                traced += 1
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
                progress[:] = (code, next_row, date, used, count, written, saved, first_trace, traced)
                return STATES_FULL if is_saved[date] else LAYERS_FULL
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
                start, done, first = count, count, item_positions[code]
                trace = _trace_of(traces, first_trace, traced, link)
                if not pooled:
                    number, whole = results[link].trace, ledger[link].quantity
                    done = _follow_units(layers, places, number, i, entry.amount, whole, followed, count)
                elif trace >= 0:
                    pools = shares[: item_positions[code + 1] - first]
                    done = _follow_shares(
                        layers, places, results, first, traces, trace, traced, i, entry.amount, pools, followed, count
                    )
                if done < 0:
                    progress[:] = (code, i, date, used, count, written, saved, first_trace, traced)
                    return FOLLOWED_FULL
                count = done
                if pooled:
                    results[link].trace += entry.amount
                for at in range(start, count):
                    if followed[at].place == position:
                        here += followed[at].value
                    else:
                        elsewhere += followed[at].value
            elif place.quantity > 0:
                number, on_hand, given = place.first, np.int64(0), np.int64(0)
                while number >= 0:
                    on_hand += layers[number].quantity - layers[number].gone
                    upto = mul_div_round(entry.amount, on_hand, place.quantity)
                    here += _revalue(layers, places, number, upto - given)
                    given = upto
                    number = layers[number].next
            result.value_change, result.variance = here, entry.amount - here - elsewhere

        elif kind == TRANSFER_IN and link >= 0 and results[link].trace >= 0:
            number = results[link].trace
            results[link].trace = -1
            if newest_first:  # the newest left first: put them back oldest first
                while layers[number].next >= 0:
                    number = layers[number].next
            moved, moved_value = np.int64(0), np.int64(0)
            if pooled:  # what left a pool stands first
                part = _part_in_stock(place, layers[number].quantity - layers[number].gone)
                traced = _trace(traces, first_trace, traced, i, entry, place, part)
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
                    value += _next_cost(layers, place, item, quantity - back, newest_first)
            elif not is_known:
                if kind in (RECEIPT, OPENING):
                    value = _known_cost(place, item, quantity)
                else:
                    value = _current_cost(place, item, quantity)
            rebate = min(value, 0)
            value -= rebate
            if is_known:
                place.known_quantity, place.known_value = quantity, value
                item.known_quantity, item.known_value = quantity, value
            _new_layer(layers, used, quantity, value, i, queued_on, received_on)
            if not pooled:
                layers[used].head = used
            if pooled and kind == RECEIPT:
                traced = _trace(traces, first_trace, traced, i, entry, place, _part_in_stock(place, quantity))
            elif pooled:
                _mix(place, _left(place), place.quantity + quantity)
            result.is_assumed = not is_known
            result.variance = _arrive(layers, places, used, position, pooled)
            result.value_change = value - result.variance
            result.variance += rebate
            result.trace = value + rebate if pooled else used
            used += 1

        elif entry.quantity < 0:
            wanted, cost, chain = -entry.quantity, np.int64(0), np.int64(-1)
            days, weight, shift, tells_age = np.int64(0), np.int64(0), 0, method == FIFO and kind == SALE
            if pooled and kind == TRANSFER_OUT and place.quantity > 0:
                part = np.float64(min(wanted, place.quantity)) / place.quantity
                traced = _trace(traces, first_trace, traced, i, entry, place, part)
            while wanted >> shift > 1 << _WEIGHED_BITS:
                shift += 1
            if kind in (SUPPLIER_RETURN, RETURN_SCRAP) and link >= 0:
                number = results[link].trace
                if not pooled and number >= 0 and layers[number].position == position:
                    taken, cost = _draw(layers, place, number, wanted)
                    wanted -= taken
                elif pooled and wanted < place.quantity:
                    whole, rest = ledger[link].quantity, place.quantity - wanted
                    cost = min(max(_at_cost(number, whole, wanted), 0), place.value)
                    # What is taken at its own cost leaves the shares of all others as they were.
                    if kind == SUPPLIER_RETURN:
                        traced = _trace(traces, first_trace, traced, i, entry, place, np.float64(wanted) / whole)
                    else:
                        _mix(place, _left(place), rest)
                    place.quantity, place.value, wanted = rest, place.value - cost, np.int64(0)
                    _rebase(layers[place.first], place.quantity, place.value)
            while wanted > 0 and place.first >= 0:
                number = place.last if newest_first else place.first
                layer = layers[number]
                gone, gone_value = layer.gone, layer.gone_value
                taken, taken_value = _draw(layers, place, number, wanted)
                wanted -= taken
                cost += taken_value
                if tells_age:
                    days += (taken >> shift) * layer.received_on
                    weight += taken >> shift
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
                days += (wanted >> shift) * today
                weight += wanted >> shift
                result.is_provisional = True
                if kind == TRANSFER_OUT:
                    _new_layer(layers, used, wanted, provisional, i, today, today)
                    chain = _put_on_its_way(layers, result, used, chain, i)
                    used += 1
            result.value_change = -cost
            if kind == SALE:
                result.trace = 0
                result.left_on = days // weight if tells_age else today

        if abs(place.quantity) > _LARGEST or abs(place.value) > _LARGEST:
            raise OverflowError("the stock of a position or its value does not fit 64 bits")
    progress[:] = (code, next_row, date, used, count, written, saved, first_trace, traced)
    return DONE


@_compiled
def _at_standard(value: int, whole: int, quantity: int) -> int:
    """Value at standard cost of a quantity, which may be negative."""
    cost = _at_cost(value, whole, abs(quantity))
    return cost if quantity >= 0 else -cost


@_compiled
def fold_standard(
    ledger: NDArray,
    item_starts: NDArray,
    item_ends: NDArray,
    memory: NDArray,
    results: NDArray,
    places: NDArray,
    has_standard: NDArray,
    values: NDArray,
    wholes: NDArray,
) -> None:
    """Cost all rows from each item's start on at standard: a value for a whole quantity."""
    for at in range(len(memory)):
        row = memory[at]
        if row.number < 0 and row.position >= 0 and has_standard[row.item]:
            place = places[row.position]
            place.quantity, place.value = row.quantity, _at_standard(values[row.item], wholes[row.item], row.quantity)
    for code in range(len(item_ends)):
        value, whole = values[code], wholes[code]
        for i in range(item_starts[code], item_ends[code]):
            if not has_standard[code]:
                break
            entry, result = ledger[i], results[i]
            place = places[entry.position]
            before = place.value
            place.quantity += entry.quantity
            if abs(place.quantity) > _LARGEST:
                raise OverflowError("the stock of a position does not fit 64 bits")
            place.value = _at_standard(value, whole, place.quantity)
            result.value_change = place.value - before
            if entry.kind == TRANSFER_IN and entry.link >= 0:
                result.variance = -results[entry.link].value_change - result.value_change
            elif entry.has_amount and entry.quantity >= 0:
                result.variance = entry.amount - result.value_change
