"""What later happened to the stock of a valuation date: its units, followed through the ledger.

The units on hand at a date are a cohort. They leave in the order of their layers, before anything that
comes in later; a unit that a customer brings back within the horizon is unsold again and first in line;
a unit that moves to another location is followed there, and still counts for the position it started at.
Money is whole ten-thousandths, quantities are whole millionths; a slice's cost is the rounded share of what its segment
still holds, so that the parts add up to the cohort's cost to the last unit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import MONEY, QUANTITY, mul_div_round, to_days, to_decimals, to_units

ISSUES = ("sale", "adjustment_out", "return_scrap", "supplier_return", "transfer_out")
ARRIVALS = ("customer_return", "transfer_in")
_SALE, _ADJUSTMENT_OUT, _RETURN_SCRAP, _SUPPLIER_RETURN, _TRANSFER_OUT = range(5)
_CUSTOMER_RETURN, _TRANSFER_IN = 5, 6
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
    ],
    align=True,
)
_RATES = np.dtype([("selling", np.int64), ("recovery", np.int64), ("scrap", np.int64)], align=True)


@_compiled
def _grown(rows: np.ndarray, used: int) -> np.ndarray:
    """The same rows with room for one more."""
    if used < len(rows):
        return rows
    longer = np.empty(2 * len(rows) + 16, rows.dtype)
    longer[:used] = rows[:used]
    return longer


@_compiled
def _follow(
    events: np.ndarray, first: int, last: int, cohort: np.ndarray, rates: np.ndarray, fates: np.ndarray
) -> np.ndarray:
    """Follow one cohort through the events from the first up to the last row.

    The cohort's segments come linked per position (`next`), the head of each position in `heads`.
    Returns where the units that nobody sold or scrapped are: rows of origin, position and quantity.
    """
    positions = len(fates)
    segments = np.empty(len(cohort) + 1024, _SEGMENT)
    used = 0
    head = np.full(positions, -1, np.int32)
    tail = np.full(positions, -1, np.int32)
    for row in range(len(cohort)):
        layer = cohort[row]
        segment = segments[used]
        segment.quantity, segment.value = layer.quantity, layer.value
        segment.origin, segment.next = layer.origin, -1
        if tail[layer.origin] < 0:
            head[layer.origin] = used
        else:
            segments[tail[layer.origin]].next = used
        tail[layer.origin] = used
        used += 1
        fates[layer.origin].quantity += layer.quantity
        fates[layer.origin].value += layer.value

    slices = np.empty(max(last - first, 16), _SLICE)
    sliced = 0
    top = np.full(positions, -1, np.int32)  # latest sold slice of a position
    chain = np.full(last - first, -1, np.int32)  # of a sale its slices, of a transfer its segments
    came_back = np.zeros(last - first, np.int64)  # cohort units that a customer return brought

    for row in range(first, last):
        event = events[row]
        position, kind = event.position, event.kind
        link = event.link - first if event.link >= first else np.int64(-1)

        if kind < _CUSTOMER_RETURN:
            wanted = event.quantity
            if kind == _RETURN_SCRAP and link >= 0:
                wanted = min(wanted, came_back[link])
                came_back[link] -= wanted
            done, proceeds = np.int64(0), np.int64(0)
            while wanted > 0 and head[position] >= 0:
                segment = segments[head[position]]
                taken = min(wanted, segment.quantity)
                value = mul_div_round(segment.value, taken, segment.quantity)
                segment.quantity -= taken
                segment.value -= value
                origin = segment.origin
                if segment.quantity == 0:
                    head[position] = segment.next
                    if segment.next < 0:
                        tail[position] = -1
                wanted -= taken
                done += taken
                fate = fates[origin]
                if kind == _SALE:
                    upto = mul_div_round(event.net, done, event.quantity)
                    net = upto - proceeds
                    proceeds = upto
                    kept = net - mul_div_round(net, rates[origin].selling, _PARTS_PER_MILLION)
                    loss = max(value - kept, 0)
                    fate.sold += taken
                    fate.loss += loss
                    slices = _grown(slices, sliced)
                    sold = slices[sliced]
                    sold.quantity, sold.value, sold.loss = taken, value, loss
                    sold.origin, sold.below, sold.sibling = origin, top[position], chain[row - first]
                    top[position] = sliced
                    chain[row - first] = sliced
                    sliced += 1
                elif kind == _SUPPLIER_RETURN:
                    fate.to_supplier += taken
                elif kind == _TRANSFER_OUT:
                    segments = _grown(segments, used)
                    moved = segments[used]
                    moved.quantity, moved.value, moved.origin = taken, value, origin
                    moved.next = chain[row - first]
                    chain[row - first] = used
                    used += 1
                else:
                    scrap = mul_div_round(value, rates[origin].scrap, _PARTS_PER_MILLION)
                    fate.written_off += taken
                    fate.loss += value - scrap
            if kind == _SALE and wanted > 0:
                slices = _grown(slices, sliced)
                sold = slices[sliced]
                sold.quantity, sold.value, sold.loss, sold.origin = wanted, 0, 0, -1
                sold.below, sold.sibling = top[position], chain[row - first]
                top[position] = sliced
                chain[row - first] = sliced
                sliced += 1

        elif kind == _CUSTOMER_RETURN:
            wanted = event.quantity
            is_known = event.link >= 0
            number = np.int32(-1)
            if is_known and link >= 0:
                number = chain[link]
            elif not is_known:
                number = top[position]
            while wanted > 0 and number >= 0:
                sold = slices[number]
                back = min(wanted, sold.quantity)
                if back > 0 and sold.origin >= 0:
                    value = mul_div_round(sold.value, back, sold.quantity)
                    loss = mul_div_round(sold.loss, back, sold.quantity)
                    sold.value -= value
                    sold.loss -= loss
                    fates[sold.origin].sold -= back
                    fates[sold.origin].loss -= loss
                    came_back[row - first] += back
                    segments = _grown(segments, used)
                    segment = segments[used]
                    segment.quantity, segment.value = back, value
                    segment.origin, segment.next = sold.origin, head[position]
                    if head[position] < 0:
                        tail[position] = used
                    head[position] = used
                    used += 1
                sold.quantity -= back
                wanted -= back
                number = sold.sibling if is_known else sold.below
                if not is_known:
                    top[position] = number if sold.quantity == 0 else top[position]

        elif link >= 0:
            number = chain[link]
            chain[link] = -1
            order = np.int32(-1)
            while number >= 0:  # the chain holds the oldest last: turn it round
                following = segments[number].next
                segments[number].next = order
                order, number = number, following
            while order >= 0:
                following = segments[order].next
                segments[order].next = -1
                if tail[position] < 0:
                    head[position] = order
                else:
                    segments[tail[position]].next = order
                tail[position] = order
                order = following

    moved = np.empty((16, 3), np.int64)
    moved_count = 0
    for position in range(positions):
        number = head[position]
        while number >= 0:
            segment = segments[number]
            if segment.quantity > 0:
                recovery = mul_div_round(segment.value, rates[segment.origin].recovery, _PARTS_PER_MILLION)
                fates[segment.origin].loss += segment.value - recovery
                if segment.origin != position:
                    if moved_count == len(moved):
                        longer = np.empty((2 * moved_count, 3), np.int64)
                        longer[:moved_count] = moved
                        moved = longer
                    moved[moved_count, 0] = segment.origin
                    moved[moved_count, 1] = position
                    moved[moved_count, 2] = segment.quantity
                    moved_count += 1
            number = segment.next
    for row in range(first, last):  # still on their way: they stay with the one that sent them
        if events[row].kind == _TRANSFER_OUT:
            number = chain[row - first]
            while number >= 0:
                segment = segments[number]
                recovery = mul_div_round(segment.value, rates[segment.origin].recovery, _PARTS_PER_MILLION)
                fates[segment.origin].loss += segment.value - recovery
                number = segment.next
    return moved[:moved_count]


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


def follow_cohorts(
    movements: pa.Table, layers: pa.Table, windows: pa.Table, items: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """Follow the units on hand at each valuation date to the end of its window.

    Args:
        movements: the ledger in order: movement_number, movement_type, item_id, location_id, posted_on,
            quantity_change, net_amount, linked_movement_number.
        layers: item_id, location_id, valuation_date, layer_number, quantity, cost_value; what is on hand.
        windows: valuation_date, horizon_end_date.
        items: item_id, selling_cost_rate, recovery_rate, scrap_proceeds_rate (fractions).

    Returns:
        The fate of each position's cohort: item_id, location_id, valuation_date, quantity, cost_value,
        sold_quantity, written_off_quantity, returned_to_supplier_quantity, unsold_quantity, realised_loss
        (decimals; the four quantities add up to the first), and where transfers have carried units that
        are still there: item_id, location_id, to_location_id, valuation_date, quantity.

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
    of_item = pa.compute.index_in(positions["item_id"], items["item_id"].combine_chunks())
    if of_item.null_count:
        unknown = positions["item_id"].filter(of_item.is_null())[0].as_py()
        raise KeyError(f"the items lack {unknown}, which the ledger moves: no rates are known for it")
    rates = np.zeros(len(positions), _RATES)
    for name, column in (
        ("selling", "selling_cost_rate"),
        ("recovery", "recovery_rate"),
        ("scrap", "scrap_proceeds_rate"),
    ):
        rates[name] = _parts_per_million(items[column].take(of_item))
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
        return fates, _follow(events, rows[0], rows[1], cohort, rates, fates)

    windows = windows.sort_by("valuation_date")
    starts = to_days(windows["valuation_date"])
    with ThreadPoolExecutor(_THREADS) as pool:
        followed = list(pool.map(follow, zip(starts, to_days(windows["horizon_end_date"]), strict=True)))
    return (
        _fates_table([fates for fates, _ in followed], starts, positions),
        _moved_table([moved for _, moved in followed], starts, positions),
    )


def _fates_table(fates: list[NDArray], starts: NDArray, positions: pa.Table) -> pa.Table:
    kept = [np.flatnonzero(of_date["quantity"]) for of_date in fates]
    empty = np.empty(0, _FATE)
    rows = np.concatenate([empty, *(f[k] for f, k in zip(fates, kept, strict=True))])
    codes = np.concatenate([np.empty(0, np.int64), *kept])
    days = np.repeat(starts, [len(k) for k in kept]).astype(np.int32)
    unsold = rows["quantity"] - rows["sold"] - rows["written_off"] - rows["to_supplier"]
    return pa.table(
        {
            "item_id": positions["item_id"].take(codes),
            "location_id": positions["location_id"].take(codes),
            "valuation_date": pa.array(days).cast(pa.date32()),
            "quantity": to_decimals(rows["quantity"], QUANTITY),
            "cost_value": to_decimals(rows["value"], MONEY),
            "sold_quantity": to_decimals(rows["sold"], QUANTITY),
            "written_off_quantity": to_decimals(rows["written_off"], QUANTITY),
            "returned_to_supplier_quantity": to_decimals(rows["to_supplier"], QUANTITY),
            "unsold_quantity": to_decimals(unsold, QUANTITY),
            "realised_loss": to_decimals(rows["loss"], MONEY),
        }
    )


def _moved_table(parts: list[NDArray], starts: NDArray, positions: pa.Table) -> pa.Table:
    rows = np.concatenate([np.empty((0, 3), np.int64), *parts])
    days = np.repeat(starts, [len(part) for part in parts]).astype(np.int32)
    flows = pa.table(
        {
            "item_id": positions["item_id"].take(rows[:, 0]),
            "location_id": positions["location_id"].take(rows[:, 0]),
            "to_location_id": positions["location_id"].take(rows[:, 1]),
            "valuation_date": pa.array(days).cast(pa.date32()),
            "units": rows[:, 2],
        }
    )
    keys = ["item_id", "location_id", "to_location_id", "valuation_date"]
    moved = flows.group_by(keys).aggregate([("units", "sum")]).sort_by([(key, "ascending") for key in keys])
    return moved.select(keys).append_column("quantity", to_decimals(moved["units_sum"].to_numpy(), QUANTITY))
