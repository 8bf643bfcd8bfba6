"""What later happened to the stock of a valuation date: its units, followed through the ledger.

The units on hand at a date are a cohort. They leave in the order of their layers, before anything that
comes in later; a unit that a customer brings back within the horizon is unsold again and first in line;
a unit that moves to another location is followed there, and still counts for the position it started at.
Money is whole ten-thousandths, quantities are whole millionths; a slice's cost is the rounded share of what its segment
still holds, so that the parts add up to the cohort's cost to the last unit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import MONEY, QUANTITY, mul_div_round, to_days, to_decimals, to_units

ISSUES = ("sale", "adjustment_out", "return_scrap", "supplier_return", "transfer_out")
ARRIVALS = ("customer_return", "transfer_in")
_SALE, _ADJUSTMENT_OUT, _RETURN_SCRAP, _SUPPLIER_RETURN, _TRANSFER_OUT = range(5)
_CUSTOMER_RETURN, _TRANSFER_IN = 5, 6
MOVEMENT_COLUMNS = (
    "movement_number",
    "movement_type",
    "item_id",
    "location_id",
    "posted_on",
    "quantity_change",
    "net_amount",
    "linked_movement_number",
)
_PARTS_PER_MILLION = 1_000_000
_THREADS = 2

_compiled = njit(cache=True, nogil=True, error_model="numpy")

_EVENT = np.dtype(
    [
        ("quantity", np.int64),  # of the movement, unsigned
        ("net", np.int64),  # proceeds of a sale
        ("link", np.int64),  # row of the linked movement, -1 if none
        ("position", np.int32),
        ("posted_on", np.int32),
        ("kind", np.int8),
    ],
    align=True,
)
_SEGMENT = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("origin", np.int32),  # position the units started at
        ("next", np.int32),
    ],
    align=True,
)
_SLICE = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("loss", np.int64),
        ("posted_on", np.int32),  # day of the sale
        ("origin", np.int32),  # -1: units that came in later
        ("below", np.int32),  # slice sold before it at the same position
        ("sibling", np.int32),  # another slice of the same sale
    ],
    align=True,
)
_FATE = np.dtype(
    [
        ("quantity", np.int64),
        ("value", np.int64),
        ("sold", np.int64),
        ("written_off", np.int64),
        ("to_supplier", np.int64),
        ("loss", np.int64),
        ("loss_days", np.float64),  # sum of each loss times the days until it came
    ],
    align=True,
)
_RATES = np.dtype([("selling", np.int64), ("recovery", np.int64), ("scrap", np.int64)], align=True)


class _Cohort(NamedTuple):
    """A cohort on its way through the events, with the fates of its units so far."""

    events: np.ndarray
    first: int  # row of the first event
    started_on: int  # day on which the cohort was on hand
    rates: np.ndarray
    fates: np.ndarray
    segments: np.ndarray  # linked per position, in the order in which they leave
    slices: np.ndarray
    head: np.ndarray  # first segment of each position
    tail: np.ndarray
    top: np.ndarray  # latest sold slice of each position
    chain: np.ndarray  # of a sale its slices, of a transfer its segments
    came_back: np.ndarray  # cohort units that a customer return brought
    counts: np.ndarray  # how many segments and slices there are


_SEGMENTS, _SLICES = 0, 1


@_compiled
def _grown(rows: np.ndarray, used: int, needed: int) -> np.ndarray:
    """The same rows with room for as many as needed."""
    if needed <= len(rows):
        return rows
    longer = np.empty(2 * needed, rows.dtype)
    longer[:used] = rows[:used]
    return longer


@_compiled
def _with_room(state: _Cohort) -> _Cohort:
    """The cohort with room for all that one event can add: a part of every segment, and of every slice."""
    used, sliced = state.counts[_SEGMENTS], state.counts[_SLICES]
    if 2 * used + sliced < len(state.segments) and used + sliced < len(state.slices):
        return state
    return _Cohort(
        state.events,
        state.first,
        state.started_on,
        state.rates,
        state.fates,
        _grown(state.segments, used, 2 * used + sliced + 1),
        _grown(state.slices, sliced, used + sliced + 1),
        state.head,
        state.tail,
        state.top,
        state.chain,
        state.came_back,
        state.counts,
    )


@_compiled
def _add_segment(state: _Cohort, quantity: int, value: int, origin: int, following: int) -> int:
    """Note units that are on hand or under way. Returns the segment's number."""
    number = state.counts[_SEGMENTS]
    segment = state.segments[number]
    segment.quantity, segment.value, segment.origin, segment.next = quantity, value, origin, following
    state.counts[_SEGMENTS] = number + 1
    return number


@_compiled
def _add_slice(state: _Cohort, row: int, quantity: int, value: int, loss: int, origin: int) -> None:
    """Note units that a sale sold, so that they can come back."""
    number, position = state.counts[_SLICES], state.events[row].position
    sold = state.slices[number]
    sold.quantity, sold.value, sold.loss, sold.origin = quantity, value, loss, origin
    sold.posted_on = state.events[row].posted_on
    sold.below, sold.sibling = state.top[position], state.chain[row - state.first]
    state.top[position] = number
    state.chain[row - state.first] = number
    state.counts[_SLICES] = number + 1


@_compiled
def _lose(state: _Cohort, origin: int, loss: int, day: int) -> None:
    """Note a loss of a position's units, and how long after the start it came; below 0 where one is taken back."""
    state.fates[origin].loss += loss
    state.fates[origin].loss_days += float(loss) * (day - state.started_on)


@_compiled
def _append(state: _Cohort, position: int, number: int) -> None:
    """Put a segment behind those of a position."""
    state.segments[number].next = -1
    if state.tail[position] < 0:
        state.head[position] = number
    else:
        state.segments[state.tail[position]].next = number
    state.tail[position] = number


@_compiled
def _started(
    events: np.ndarray, span: tuple[int, int], start: int, layers: np.ndarray, rates: np.ndarray, fates: np.ndarray
) -> _Cohort:
    """The cohort as it is on hand: a segment for each layer."""
    positions, count = len(fates), span[1] - span[0]
    state = _Cohort(
        events,
        span[0],
        start,
        rates,
        fates,
        np.empty(2 * len(layers) + 1024, _SEGMENT),
        np.empty(len(layers) + max(count, 16), _SLICE),
        np.full(positions, -1, np.int32),
        np.full(positions, -1, np.int32),
        np.full(positions, -1, np.int32),
        np.full(count, -1, np.int32),
        np.zeros(count, np.int64),
        np.zeros(2, np.int64),
    )
    for row in range(len(layers)):
        layer = layers[row]
        _append(state, layer.origin, _add_segment(state, layer.quantity, layer.value, layer.origin, -1))
        fates[layer.origin].quantity += layer.quantity
        fates[layer.origin].value += layer.value
    return state


@_compiled
def _link_of(state: _Cohort, row: int) -> int:
    """The event that an event links to, counted from the first; -1 if it has none here."""
    link = state.events[row].link
    return link - state.first if link >= state.first else np.int64(-1)


@_compiled
def _leave(state: _Cohort, row: int) -> None:
    """Units leave in the order of their segments; what a sale sells beyond the cohort came in later."""
    event = state.events[row]
    position, kind, wanted, link = event.position, event.kind, event.quantity, _link_of(state, row)
    if kind == _RETURN_SCRAP and link >= 0:
        wanted = min(wanted, state.came_back[link])
        state.came_back[link] -= wanted
    done, proceeds = np.int64(0), np.int64(0)
    while wanted > 0 and state.head[position] >= 0:
        segment = state.segments[state.head[position]]
        taken = min(wanted, segment.quantity)
        value = mul_div_round(segment.value, taken, segment.quantity)
        segment.quantity -= taken
        segment.value -= value
        origin = segment.origin
        if segment.quantity == 0:
            state.head[position] = segment.next
            if segment.next < 0:
                state.tail[position] = -1
        wanted -= taken
        done += taken
        fate = state.fates[origin]
        if kind == _SALE:
            upto = mul_div_round(event.net, done, event.quantity)
            net = upto - proceeds
            proceeds = upto
            kept = net - mul_div_round(net, state.rates[origin].selling, _PARTS_PER_MILLION)
            loss = max(value - kept, 0)
            fate.sold += taken
            _lose(state, origin, loss, event.posted_on)
            _add_slice(state, row, taken, value, loss, origin)
        elif kind == _SUPPLIER_RETURN:
            fate.to_supplier += taken
        elif kind == _TRANSFER_OUT:
            state.chain[row - state.first] = _add_segment(state, taken, value, origin, state.chain[row - state.first])
        else:
            scrap = mul_div_round(value, state.rates[origin].scrap, _PARTS_PER_MILLION)
            fate.written_off += taken
            _lose(state, origin, value - scrap, event.posted_on)
    if kind == _SALE and wanted > 0:
        _add_slice(state, row, wanted, 0, 0, -1)


@_compiled
def _come_back(state: _Cohort, row: int) -> None:
    """A customer brings units back: they are unsold again, and first in line."""
    event, link = state.events[row], _link_of(state, row)
    position, wanted, is_known, number = event.position, event.quantity, event.link >= 0, np.int32(-1)
    if is_known and link >= 0:
        number = state.chain[link]
    elif not is_known:
        number = state.top[position]
    while wanted > 0 and number >= 0:
        sold = state.slices[number]
        back = min(wanted, sold.quantity)
        if back > 0 and sold.origin >= 0:
            value = mul_div_round(sold.value, back, sold.quantity)
            loss = mul_div_round(sold.loss, back, sold.quantity)
            sold.value -= value
            sold.loss -= loss
            state.fates[sold.origin].sold -= back
            _lose(state, sold.origin, -loss, sold.posted_on)
            state.came_back[row - state.first] += back
            segment = _add_segment(state, back, value, sold.origin, state.head[position])
            if state.head[position] < 0:
                state.tail[position] = segment
            state.head[position] = segment
        sold.quantity -= back
        wanted -= back
        number = sold.sibling if is_known else sold.below
        if not is_known:
            state.top[position] = number if sold.quantity == 0 else state.top[position]


@_compiled
def _arrive(state: _Cohort, row: int) -> None:
    """What a transfer carried joins the position behind what is there."""
    link, position = _link_of(state, row), state.events[row].position
    if link < 0:
        return
    number = state.chain[link]
    state.chain[link] = -1
    order = np.int32(-1)
    while number >= 0:  # the chain holds the oldest last: turn it round
        following = state.segments[number].next
        state.segments[number].next = order
        order, number = number, following
    while order >= 0:
        following = state.segments[order].next
        _append(state, position, order)
        order = following


@_compiled
def _leave_over(state: _Cohort, number: int, day: int) -> None:
    """What nobody sold or scrapped loses its cost less what it would still bring, on the last day."""
    segment = state.segments[number]
    recovery = mul_div_round(segment.value, state.rates[segment.origin].recovery, _PARTS_PER_MILLION)
    _lose(state, segment.origin, segment.value - recovery, day)


@_compiled
def _follow(
    events: np.ndarray,
    span: tuple[int, int],
    days: tuple[int, int],
    layers: np.ndarray,
    rates: np.ndarray,
    fates: np.ndarray,
) -> np.ndarray:
    """Follow one cohort through the events of a span of rows, from its day to the last one.

    Returns where the units that nobody sold or scrapped are, if elsewhere: rows of origin, position and quantity.
    """
    first, last = span
    state = _started(events, span, days[0], layers, rates, fates)
    for row in range(first, last):
        state = _with_room(state)
        kind = events[row].kind
        if kind < _CUSTOMER_RETURN:
            _leave(state, row)
        elif kind == _CUSTOMER_RETURN:
            _come_back(state, row)
        else:
            _arrive(state, row)
    moved = np.empty((state.counts[_SEGMENTS], 3), np.int64)
    count = 0
    for position in range(len(fates)):
        number = state.head[position]
        while number >= 0:
            segment = state.segments[number]
            if segment.quantity > 0:
                _leave_over(state, number, days[1])
                if segment.origin != position:
                    moved[count, 0], moved[count, 1], moved[count, 2] = segment.origin, position, segment.quantity
                    count += 1
            number = segment.next
    for row in range(first, last):  # still on their way: they stay with the one that sent them
        if events[row].kind == _TRANSFER_OUT:
            number = state.chain[row - first]
            while number >= 0:
                _leave_over(state, number, days[1])
                number = state.segments[number].next
    return moved[:count].copy()


def _position_codes(movements: pa.Table, layers: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.int32], pa.Table]:
    """Dense position codes of movements and layers, and the position of each code."""
    both = pa.concat_tables(
        [movements.select(["item_id", "location_id"]), layers.select(["item_id", "location_id"])]
    ).combine_chunks()
    items = both["item_id"].combine_chunks().dictionary_encode()
    places = both["location_id"].combine_chunks().dictionary_encode()
    width = max(len(places.dictionary), 1)
    pairs, codes = np.unique(
        items.indices.to_numpy().astype(np.int64) * width + places.indices.to_numpy(),
        return_inverse=True,
    )
    positions = pa.table(
        {
            "item_id": items.dictionary.take(pairs // width),
            "location_id": places.dictionary.take(pairs % width),
        }
    )
    codes = codes.astype(np.int32)
    return codes[: len(movements)], codes[len(movements) :], positions


def _events(movements: pa.Table, positions: NDArray[np.int32]) -> NDArray:
    """The movements that a cohort can meet, as fixed-width records in ledger order."""
    kinds = pa.array(ISSUES + ARRIVALS)
    found = pa.compute.index_in(movements["movement_type"], kinds)
    is_met = found.is_valid().to_numpy()
    met = np.flatnonzero(is_met)
    events = np.zeros(len(met), _EVENT)
    events["kind"] = found.drop_null().to_numpy()
    events["position"] = positions[met]
    events["quantity"] = np.abs(to_units(movements["quantity_change"], QUANTITY)[met])
    events["net"] = to_units(movements["net_amount"], MONEY)[met]
    events["posted_on"] = to_days(movements["posted_on"])[met]
    numbers = movements["movement_number"].to_numpy()[met]
    links = movements["linked_movement_number"].fill_null(-1).to_numpy()[met]
    rows = np.minimum(np.searchsorted(numbers, links), max(len(numbers) - 1, 0))
    events["link"] = np.where(numbers[rows] == links, rows, -1) if len(met) else links
    return events


def _parts_per_million(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.rint(column.to_numpy() * _PARTS_PER_MILLION).astype(np.int64)


def _rates(items: pa.Table, positions: pa.Table) -> NDArray:
    """The rates of each position's item, in parts per million."""
    of_item = pa.compute.index_in(positions["item_id"], items["item_id"].combine_chunks())
    if of_item.null_count:
        unknown = positions["item_id"].filter(of_item.is_null())[0].as_py()
        raise KeyError(f"the items lack {unknown}, which the ledger moves: no rates are known for it")
    rates = np.zeros(len(positions), _RATES)
    columns = {"selling": "selling_cost_rate", "recovery": "recovery_rate", "scrap": "scrap_proceeds_rate"}
    for name, column in columns.items():
        rates[name] = _parts_per_million(items[column].take(of_item))
    return rates


def follow_cohorts(movements: pa.Table, layers: pa.Table, windows: pa.Table, items: pa.Table) -> pa.Table:
    """Follow the units on hand at each valuation date to the end of each of its windows.

    Args:
        movements: the ledger in order, with `MOVEMENT_COLUMNS`.
        layers: item_id, location_id, valuation_date, layer_number, quantity, cost_value; what is on hand.
        windows: valuation_date, months, horizon_end_date.
        items: item_id, selling_cost_rate, recovery_rate, scrap_proceeds_rate (fractions).

    Returns:
        The fate of each position's cohort: item_id, location_id, valuation_date, months, quantity, cost_value,
        sold_quantity, written_off_quantity, returned_to_supplier_quantity, unsold_quantity, realised_loss
        (decimals; the four quantities add up to the first), days_to_loss (mean days until the loss came, weighted by
        amount: to the sale, the scrapping or, of what is left, the end of the window; null where nothing was lost);
        to_location_id is null. Then a row for each other
        location that holds units of the cohort: item_id, location_id, to_location_id, valuation_date, months, quantity.

    Source:
        Definition of the realised outcome: a unit sold loses what its cost exceeds its net proceeds less
        selling costs by; a unit scrapped its cost less scrap proceeds; a unit left its cost less recovery.

    Raises:
        KeyError: an item of the ledger is not among the items.
    """
    movements = movements.sort_by("movement_number")
    layers = layers.sort_by(
        [(name, "ascending") for name in ("valuation_date", "item_id", "location_id", "layer_number")]
    )
    event_positions, layer_positions, positions = _position_codes(movements, layers)
    events = _events(movements, event_positions)
    rates = _rates(items, positions)
    cohorts = np.zeros(len(layers), _SEGMENT)
    cohorts["quantity"] = to_units(layers["quantity"], QUANTITY)
    cohorts["value"] = to_units(layers["cost_value"], MONEY)
    cohorts["origin"] = layer_positions
    layer_days = to_days(layers["valuation_date"])

    def follow(window: tuple[int, int]) -> tuple[NDArray, NDArray]:
        start, end = window
        cohort = cohorts[slice(*np.searchsorted(layer_days, [start, start + 1]))]
        rows = np.searchsorted(events["posted_on"], [start, end], side="right")
        fates = np.zeros(len(positions), _FATE)
        return fates, _follow(events, (rows[0], rows[1]), (start, end), cohort, rates, fates)

    windows = windows.sort_by([("months", "ascending"), ("valuation_date", "ascending")])
    spans = zip(to_days(windows["valuation_date"]), to_days(windows["horizon_end_date"]), strict=True)
    with ThreadPoolExecutor(_THREADS) as pool:
        followed = list(pool.map(follow, spans))
    tables = [
        _fates_table([fates for fates, _ in followed], windows, positions),
        _moved_table([moved for _, moved in followed], windows, positions),
    ]
    return pa.concat_tables(tables, promote_options="default")


def _of_windows(windows: pa.Table, counts: list[int]) -> dict[str, pa.ChunkedArray]:
    """The columns of each window as often as it has rows."""
    rows = windows.select(["valuation_date", "months"]).take(np.repeat(np.arange(len(windows)), counts))
    return dict(zip(rows.column_names, rows.columns, strict=True))


def _fates_table(fates: list[NDArray], windows: pa.Table, positions: pa.Table) -> pa.Table:
    kept = [np.flatnonzero(of_date["quantity"]) for of_date in fates]
    empty = np.empty(0, _FATE)
    rows = np.concatenate([empty, *(f[k] for f, k in zip(fates, kept, strict=True))])
    codes = np.concatenate([np.empty(0, np.int64), *kept])
    unsold = rows["quantity"] - rows["sold"] - rows["written_off"] - rows["to_supplier"]
    return pa.table(
        {
            "item_id": positions["item_id"].take(codes),
            "location_id": positions["location_id"].take(codes),
            **_of_windows(windows, [len(k) for k in kept]),
            "quantity": to_decimals(rows["quantity"], QUANTITY),
            "cost_value": to_decimals(rows["value"], MONEY),
            "sold_quantity": to_decimals(rows["sold"], QUANTITY),
            "written_off_quantity": to_decimals(rows["written_off"], QUANTITY),
            "returned_to_supplier_quantity": to_decimals(rows["to_supplier"], QUANTITY),
            "unsold_quantity": to_decimals(unsold, QUANTITY),
            "realised_loss": to_decimals(rows["loss"], MONEY),
            "days_to_loss": pa.array(
                np.divide(rows["loss_days"], rows["loss"], out=np.zeros(len(rows)), where=rows["loss"] > 0),
                mask=rows["loss"] <= 0,
            ),
        }
    )


def _moved_table(parts: list[NDArray], windows: pa.Table, positions: pa.Table) -> pa.Table:
    rows = np.concatenate([np.empty((0, 3), np.int64), *parts])
    flows = pa.table(
        {
            "item_id": positions["item_id"].take(rows[:, 0]),
            "location_id": positions["location_id"].take(rows[:, 0]),
            "to_location_id": positions["location_id"].take(rows[:, 1]),
            **_of_windows(windows, [len(part) for part in parts]),
            "units": rows[:, 2],
        }
    )
    keys = ["item_id", "location_id", "to_location_id", "valuation_date", "months"]
    moved = flows.group_by(keys).aggregate([("units", "sum")]).sort_by([(key, "ascending") for key in keys])
    return moved.select(keys).append_column("quantity", to_decimals(moved["units_sum"].to_numpy(), QUANTITY))
