"""The compiled fold behind `costing`: one pass over the ledger per costing method, item by item.

It works on fixed-width records; money is whole ten-thousandths, quantities whole millionths. `costing` says what the
policies are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import mul_div_round

OPENING, RECEIPT, CUSTOMER_RETURN, TRANSFER_IN = 0, 1, 2, 3
COST_ADJUSTMENT, SALE, TRANSFER_OUT, SUPPLIER_RETURN, RETURN_SCRAP = 5, 6, 7, 9, 10
FIFO, LIFO, AVERAGE, STANDARD = 0, 1, 2, 3
TRACED_KINDS = (RECEIPT, TRANSFER_IN, TRANSFER_OUT, SUPPLIER_RETURN)
DONE, FOLLOWED_FULL, LAYERS_FULL = 0, 1, 2
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
        ("origin", np.int32),  # row of the movement that brought it
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


class Pass(NamedTuple):
    """All that one pass over the ledger reads and writes.

    The trace of a row's result holds what a later movement that links to it must know: of a sale the
    quantity returned so far; of a receipt or return its layer (under the average: its cost so far);
    of a transfer out the first of its layers. Under the average, traces tell what becomes of a receipt's share of the
    pools.
    """

    method: int
    ledger: NDArray  # entries, item by item
    results: NDArray  # of each entry
    places: NDArray  # positions
    items: NDArray  # each item's last known cost, as a position
    item_positions: NDArray[np.int64]  # first position of each item, and one past the last
    layers: NDArray  # of the item at hand
    traces: NDArray
    shares: NDArray  # room for the share of each of an item's positions
    followed: NDArray
    open_layers: NDArray
    counts: NDArray[np.int64]  # by the names below


# What is counted in a pass; the last is where the traces of the item at hand start.
LAYER_COUNT, FOLLOWED_COUNT, OPEN_LAYER_COUNT, TRACE_COUNT, FIRST_TRACE = 0, 1, 2, 3, 4
COUNTS = 5

_compiled = njit(cache=True, nogil=True, error_model="numpy")
# One body for the optimiser: what a row needs at every turn stays in registers.
_inlined = njit(nogil=True, error_model="numpy", inline="always")


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
def _follow(run: Pass, place: int, value: int, row: int, count: int) -> int:
    """Note what of an adjustment went to a place, which may have been noted already. Returns the new count."""
    at = run.counts[FOLLOWED_COUNT]
    while at < count and run.followed[at].place != place:
        at += 1
    found = run.followed[at]
    if at == count:
        found.value, found.row, found.place = 0, row, place
        count += 1
    found.value += value
    return count


@_compiled
def _follow_units(run: Pass, row: int, entry: np.record) -> int:
    """Spread an adjustment over its receipt's units, wherever they are. Returns the count, -1 if followed is full."""
    layers, first, whole = run.layers, run.results[entry.link].trace, run.ledger[entry.link].quantity
    number, count = first, run.counts[FOLLOWED_COUNT]
    needed = count
    while number >= 0:
        needed += layers[number].gone < layers[number].quantity
        number = np.int64(layers[number].sibling)
    if needed > len(run.followed):
        return -1
    reached, given, number = np.int64(0), np.int64(0), first
    while number >= 0:
        layer = layers[number]
        rest = layer.quantity - layer.gone
        if rest > 0:
            reached += rest
            upto = mul_div_round(entry.amount, reached, whole)
            value = _revalue(layers, run.places, number, upto - given)
            count = _follow(run, layer.position, value, row, count)
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
def _trace(run: Pass, row: int, entry: np.record, place: np.record, part: float) -> None:
    """Note what a later cost must know of a movement that is about to happen."""
    number = run.counts[TRACE_COUNT]
    trace = run.traces[number]
    trace.left, trace.part, trace.row = _left(place), part, row
    trace.position, trace.kind = entry.position, entry.kind
    trace.link = _trace_of(run.traces, run.counts[FIRST_TRACE], number, entry.link)
    _mix(place, 1.0, place.quantity + entry.quantity)
    run.counts[TRACE_COUNT] = number + 1


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
def _follow_shares(run: Pass, code: int, row: int, entry: np.record) -> int:
    """Spread an adjustment over the pools that its receipt's cost is in. Returns the count, -1 if followed is full."""
    first, count, traces = run.item_positions[code], run.counts[FOLLOWED_COUNT], run.traces
    start = _trace_of(traces, run.counts[FIRST_TRACE], run.counts[TRACE_COUNT], entry.link)
    if start < 0:
        return count
    shares = run.shares[: run.item_positions[code + 1] - first]
    if count + _share_out(run.places, first, traces, start, run.counts[TRACE_COUNT], shares) > len(run.followed):
        return -1
    reached, given, at = 0.0, np.int64(0), np.int64(start)
    while at >= 0:  # in the order of the ledger
        trace = traces[at]
        place, share = np.int64(trace.position), trace.moved
        if trace.kind == TRANSFER_OUT:
            place, number = -2 - np.int64(trace.row), np.int64(run.results[trace.row].trace)
        else:
            number, share = np.int64(run.places[place].first), shares[place - first]
            shares[place - first] = 0.0
        if share > 0:
            reached += share
            upto = _share_of(entry.amount, reached)
            value = _revalue(run.layers, run.places, number, upto - given)
            given = upto
            if value != 0:
                found = run.followed[count]
                found.value, found.row, found.place = value, row, place
                count += 1
        at = np.int64(trace.next)
    return count


@_compiled
def _write_open(run: Pass, code: int, date: int) -> bool:
    """Write the open layers of an item's positions, in the order of issue. Returns whether there was room for them."""
    layers, rows, written = run.layers, run.open_layers, run.counts[OPEN_LAYER_COUNT]
    for position in range(run.item_positions[code], run.item_positions[code + 1]):
        number, order = np.int64(run.places[position].first), 0
        while number >= 0:
            if written == len(rows):
                return False
            layer, row = layers[number], rows[written]
            order += 1
            written += 1
            row.position, row.layer_number, row.origin = position, order, layer.origin
            row.received_on, row.quantity = layer.received_on, layer.quantity - layer.gone
            row.value, row.date = layer.value - layer.gone_value, date
            number = layer.next
    run.counts[OPEN_LAYER_COUNT] = written
    return True


@_inlined
def _post(run: Pass, code: int, row: int) -> bool:
    """Cost one row. Returns whether there was room for where it went."""
    entry, result = run.ledger[row], run.results[row]
    place, item = run.places[entry.position], run.items[code]
    result.trace = -1
    if entry.kind == COST_ADJUSTMENT:
        if not _adjust_cost(run, code, row, entry, result, place):
            return False
    elif entry.kind == TRANSFER_IN and entry.link >= 0 and run.results[entry.link].trace >= 0:
        _receive_transfer(run, row, entry, result, place)
    elif entry.quantity > 0:
        _receive(run, row, entry, result, place, item)
    elif entry.quantity < 0:
        _issue(run, row, entry, result, place, item)
    if abs(place.quantity) > _LARGEST or abs(place.value) > _LARGEST:
        raise OverflowError("the stock of a position or its value does not fit 64 bits")
    return True


@_inlined
def _adjust_cost(run: Pass, code: int, row: int, entry: np.record, result: np.record, place: np.record) -> bool:
    """Spread a late cost: over its receipt's units, or without a receipt over what is on hand."""
    here, elsewhere = np.int64(0), np.int64(0)
    if entry.link >= 0:
        start = run.counts[FOLLOWED_COUNT]
        done = _follow_shares(run, code, row, entry) if run.method == AVERAGE else _follow_units(run, row, entry)
        if done < 0:
            return False
        if run.method == AVERAGE:
            run.results[entry.link].trace += entry.amount
        for at in range(start, done):
            if run.followed[at].place == entry.position:
                here += run.followed[at].value
            else:
                elsewhere += run.followed[at].value
        run.counts[FOLLOWED_COUNT] = done
    elif place.quantity > 0:
        number, on_hand, given = place.first, np.int64(0), np.int64(0)
        while number >= 0:
            on_hand += run.layers[number].quantity - run.layers[number].gone
            upto = mul_div_round(entry.amount, on_hand, place.quantity)
            here += _revalue(run.layers, run.places, number, upto - given)
            given = upto
            number = run.layers[number].next
    result.value_change, result.variance = here, entry.amount - here - elsewhere
    return True


@_inlined
def _receive_transfer(run: Pass, row: int, entry: np.record, result: np.record, place: np.record) -> None:
    """Let the layers of a transfer arrive."""
    layers, newest_first, pooled = run.layers, run.method == LIFO, run.method == AVERAGE
    number = run.results[entry.link].trace
    run.results[entry.link].trace = -1
    if newest_first:  # the newest left first: put them back oldest first
        while layers[number].next >= 0:
            number = layers[number].next
    moved, moved_value = np.int64(0), np.int64(0)
    if pooled:  # what left a pool stands first
        _trace(run, row, entry, place, _part_in_stock(place, layers[number].quantity - layers[number].gone))
    while number >= 0:
        layer = layers[number]
        following = layer.previous if newest_first else layer.next
        if newest_first:
            layer.queued_on = entry.posted_on
        moved += layer.quantity - layer.gone
        moved_value += layer.value - layer.gone_value
        result.variance += _arrive(layers, run.places, number, entry.position, pooled)
        number = following
    place.known_quantity, place.known_value = moved, moved_value
    result.value_change = moved_value - result.variance


@_inlined
def _receive(run: Pass, row: int, entry: np.record, result: np.record, place: np.record, item: np.record) -> None:
    """Take in what comes from outside the stock, or comes back."""
    newest_first, pooled, number = run.method == LIFO, run.method == AVERAGE, run.counts[LAYER_COUNT]
    quantity, value, is_known = entry.quantity, entry.amount, entry.has_amount
    received_on = np.int64(entry.received_on)
    queued_on = np.int64(entry.posted_on) if newest_first and entry.kind != OPENING else received_on
    if entry.kind == CUSTOMER_RETURN:
        queued_on = np.int64(entry.posted_on)
        back, value = _take_back(run, entry)
        if back > 0:
            received_on = np.int64(run.results[entry.link].left_on)
        is_known = back == quantity
        if not is_known:
            value += _next_cost(run.layers, place, item, quantity - back, newest_first)
    elif not is_known:
        if entry.kind in (RECEIPT, OPENING):
            value = _known_cost(place, item, quantity)
        else:
            value = _current_cost(place, item, quantity)
    rebate = min(value, 0)
    value -= rebate
    if is_known:
        place.known_quantity, place.known_value = quantity, value
        item.known_quantity, item.known_value = quantity, value
    _new_layer(run.layers, number, quantity, value, row, queued_on, received_on)
    if pooled and entry.kind == RECEIPT:
        _trace(run, row, entry, place, _part_in_stock(place, quantity))
    elif pooled:
        _mix(place, _left(place), place.quantity + quantity)
    result.is_assumed = not is_known
    result.variance = _arrive(run.layers, run.places, number, entry.position, pooled)
    result.value_change = value - result.variance
    result.variance += rebate
    result.trace = value + rebate if pooled else number
    run.counts[LAYER_COUNT] = number + 1


@_compiled
def _take_back(run: Pass, entry: np.record) -> tuple[int, int]:
    """Of a customer's return, the quantity that its sale had sold, and the cost that this left at."""
    if entry.link < 0:
        return np.int64(0), np.int64(0)
    sale, sold = run.results[entry.link], -run.ledger[entry.link].quantity
    returned = sale.trace
    back = min(entry.quantity, sold - returned)
    sale.trace = returned + back
    if back <= 0:
        return back, np.int64(0)
    value = mul_div_round(-sale.value_change, returned + back, sold)
    return back, value - mul_div_round(-sale.value_change, returned, sold)


@_inlined
def _issue(run: Pass, row: int, entry: np.record, result: np.record, place: np.record, item: np.record) -> None:
    """Let units go: those that the document names first, then as the method says, then what is not there."""
    kind, wanted, cost, chain = np.int64(entry.kind), -entry.quantity, np.int64(0), np.int64(-1)
    days, weight, shift, tells_age = np.int64(0), np.int64(0), 0, run.method == FIFO and kind == SALE
    if run.method == AVERAGE and kind == TRANSFER_OUT and place.quantity > 0:
        _trace(run, row, entry, place, np.float64(min(wanted, place.quantity)) / place.quantity)
    while wanted >> shift > 1 << _WEIGHED_BITS:
        shift += 1
    if kind in (SUPPLIER_RETURN, RETURN_SCRAP) and entry.link >= 0:
        taken, cost = _issue_own(run, row, entry, place, wanted)
        wanted -= taken
    while wanted > 0 and place.first >= 0:
        number = place.last if run.method == LIFO else place.first
        layer = run.layers[number]
        gone, gone_value = layer.gone, layer.gone_value
        taken, taken_value = _draw(run.layers, place, number, wanted)
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
                number = _split_off(run, number, taken, taken_value)
            chain = _put_on_its_way(run.layers, result, number, chain, row)
    if wanted > 0:
        provisional = _known_cost(place, item, wanted)
        place.quantity -= wanted
        place.value -= provisional
        cost += provisional
        days += (wanted >> shift) * np.int64(entry.posted_on)
        weight += wanted >> shift
        result.is_provisional = True
        if kind == TRANSFER_OUT:
            number = run.counts[LAYER_COUNT]
            _new_layer(run.layers, number, wanted, provisional, row, entry.posted_on, entry.posted_on)
            chain = _put_on_its_way(run.layers, result, number, chain, row)
            run.counts[LAYER_COUNT] = number + 1
    result.value_change = -cost
    if kind == SALE:
        result.trace = 0
        result.left_on = days // weight if tells_age else np.int64(entry.posted_on)


@_compiled
def _issue_own(run: Pass, row: int, entry: np.record, place: np.record, wanted: int) -> tuple[int, int]:
    """Let go of what came with the linked receipt or return. Returns quantity and value."""
    number = run.results[entry.link].trace
    if run.method != AVERAGE:
        if number >= 0 and run.layers[number].position == entry.position:
            return _draw(run.layers, place, number, wanted)
        return np.int64(0), np.int64(0)
    if wanted >= place.quantity:
        return np.int64(0), np.int64(0)
    whole, rest = run.ledger[entry.link].quantity, place.quantity - wanted
    cost = min(max(_at_cost(number, whole, wanted), 0), place.value)
    # What is taken at its own cost leaves the shares of all others as they were.
    if entry.kind == SUPPLIER_RETURN:
        _trace(run, row, entry, place, np.float64(wanted) / whole)
    else:
        _mix(place, _left(place), rest)
    place.quantity, place.value = rest, place.value - cost
    _rebase(run.layers[place.first], place.quantity, place.value)
    return wanted, cost


@_compiled
def _split_off(run: Pass, number: int, quantity: int, value: int) -> int:
    """Make a layer of what a transfer takes of another, which stays behind. Returns its number."""
    split, layer = run.counts[LAYER_COUNT], run.layers[number]
    _new_layer(run.layers, split, quantity, value, layer.origin, layer.queued_on, layer.received_on)
    run.layers[split].sibling, layer.sibling = layer.sibling, split
    run.counts[LAYER_COUNT] = split + 1
    return split


@_compiled
def fold(run: Pass, item_ends: NDArray[np.int64], dates: NDArray[np.int32], reached: NDArray[np.int64]) -> int:
    """Cost all rows, item by item, and write the layers that are open at the end of each date.

    What is reached holds where to go on: item, row and date.

    Returns:
        `DONE`, or which of followed and open_layers is full: call again with a longer one.
    """
    code, row, date = reached
    full = DONE
    while full == DONE and code < len(item_ends):
        if row == (item_ends[code - 1] if code > 0 else 0) and date == 0:  # no layer outlives its item's rows
            run.counts[LAYER_COUNT], run.counts[FIRST_TRACE] = 0, run.counts[TRACE_COUNT]
        is_over = row == item_ends[code]
        if date < len(dates) and (is_over or run.ledger[row].posted_on > dates[date]):
            if _write_open(run, code, dates[date]):
                date += 1
            else:
                full = LAYERS_FULL
        elif is_over:
            code, date = code + 1, 0
        elif _post(run, code, row):
            row += 1
        else:
            full = FOLLOWED_FULL
    reached[:] = code, row, date
    return full


@_compiled
def _at_standard(value: int, whole: int, quantity: int) -> int:
    """Value at standard cost of a quantity, which may be negative."""
    cost = _at_cost(value, whole, abs(quantity))
    return cost if quantity >= 0 else -cost


@_compiled
def fold_standard(
    ledger: NDArray,
    item_ends: NDArray,
    results: NDArray,
    places: NDArray,
    has_standard: NDArray,
    values: NDArray,
    wholes: NDArray,
) -> None:
    """Cost all rows at standard: a value for a whole quantity."""
    for code in range(len(item_ends)):
        value, whole = values[code], wholes[code]
        for i in range(item_ends[code - 1] if code > 0 else 0, item_ends[code]):
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
