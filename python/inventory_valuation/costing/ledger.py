"""The movement ledger in the form of the costing kernel."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.costing import kernel
from inventory_valuation.exact import MONEY, QUANTITY, to_days, to_units

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


class Ledger(NamedTuple):
    """The ledger item by item, as fixed-width records."""

    entries: NDArray
    order: NDArray[np.int32]  # place of each entry in the order of the ledger
    numbers: NDArray[np.int64]  # movement_number, in the order of the ledger
    item_ends: NDArray[np.int64]  # row after the last entry of each item
    layers_brought: NDArray[np.int64]  # how many layers the entries of each item can bring
    kind_counts: NDArray[np.int64]  # how many entries there are of each kind
    items: pa.Array
    item_positions: NDArray[np.int64]  # first position of each item, and one past the last
    location_codes: NDArray[np.int32]  # of each position
    locations: pa.Array

    def item_ids(self, position_codes: NDArray) -> pa.DictionaryArray:
        """Items of positions."""
        codes = np.searchsorted(self.item_positions, np.arange(len(self.location_codes)), side="right") - 1
        return pa.DictionaryArray.from_arrays(codes.astype(np.int32)[position_codes], self.items)

    def location_ids(self, position_codes: NDArray, mask: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
        """Locations of positions; null where masked."""
        codes = pa.array(np.take(self.location_codes, position_codes, mode="clip"), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, self.locations)

    def movement_numbers(self, rows: NDArray, mask: NDArray[np.bool_] | None = None) -> pa.Array:
        """Movement numbers of entries; null where masked."""
        return pa.array(np.take(self.numbers, np.take(self.order, rows)), mask=mask)


_BATCH_ROWS = 122_880  # of a DuckDB row group, so that it writes on all cores


def in_batches(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables under each other in pieces of a row group; what one of them lacks is null, and takes no memory."""
    schema = pa.unify_schemas([table.schema for table in tables])
    batches = []
    for table in tables:
        missing = {
            name: pa.nulls(_BATCH_ROWS, schema.field(name).type) for name in {*schema.names} - {*table.column_names}
        }
        for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
            columns = [
                missing[name].slice(0, len(batch)) if name in missing else batch.column(name) for name in schema.names
            ]
            batches.append(pa.RecordBatch.from_arrays(columns, schema=schema))
    return pa.Table.from_batches(batches, schema)


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """Dense codes of a column, and the value of each code; null is -1."""
    encoded = column.dictionary_encode().unify_dictionaries()
    if encoded.num_chunks == 0:
        return np.empty(0, np.int32), pa.nulls(0, column.type)
    indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks])
    return indices.fill_null(-1).to_numpy(), encoded.chunk(0).dictionary


def _find(numbers: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where numbers stand in an ascending column, or would stand."""
    if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1:
        return np.clip(wanted - numbers[0], 0, len(numbers) - 1)
    return np.minimum(np.searchsorted(numbers, wanted), max(len(numbers) - 1, 0))


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_order(groups: NDArray, free: NDArray, order: NDArray, places: NDArray) -> None:
    """Fill the order of the rows by group, and each row's place in it; free is where each group starts."""
    for row in range(len(order)):
        place = free[groups[row]]
        order[place], places[row] = row, place
        free[groups[row]] += 1


def _by_group(groups: NDArray, count: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """The order of rows by group, each row's place in it, and the row after the last of each group."""
    ends = np.cumsum(np.bincount(groups, minlength=count))
    order, places = np.empty(len(groups), np.int32), np.empty(len(groups), np.int32)
    _fill_order(groups, np.concatenate([[0], ends[:-1]]), order, places)
    return order, places, ends


def _in_order(movements: pa.Table) -> pa.Table:
    numbers = movements["movement_number"].to_numpy()
    if np.all(numbers[1:] > numbers[:-1]):
        return movements
    return movements.sort_by("movement_number")


def _kinds(movements: pa.Table) -> NDArray[np.int8]:
    """The kind of each movement, as the kernel knows it."""
    codes, names = _codes(movements["movement_type"])
    kinds = pc.index_in(names, pa.array(MOVEMENT_TYPES))
    if kinds.null_count:
        raise ValueError(f"movement_type {names.filter(kinds.is_null())[0]} is none of {', '.join(MOVEMENT_TYPES)}")
    return np.take(kinds.to_numpy().astype(np.int8), codes)


def _links(numbers: NDArray[np.int64], column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which movements link to others, and to which; by their place in the ledger."""
    column = column.combine_chunks()
    linking = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    wanted = column.drop_null().to_numpy().astype(np.int64)
    if len(numbers) == 0:
        return linking, linking
    found = _find(numbers, wanted)
    is_found = numbers[found] == wanted
    return linking[is_found], found[is_found]


_LINKED_KINDS = np.array(
    [MOVEMENT_TYPES.index(_LINKED_TYPES[name]) if name in _LINKED_TYPES else -1 for name in MOVEMENT_TYPES]
)


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_entries(entries: NDArray, places: NDArray, item_codes: NDArray, measures: tuple[NDArray, ...]) -> bool:
    """Fill the entries, item by item, from columns in the order of the ledger. Returns whether days are in order."""
    kinds, posted_on, received_on, quantities, amounts, has_amount = measures
    for row in range(len(places)):
        entry = entries[places[row]]
        entry.item, entry.kind, entry.link = item_codes[row], kinds[row], -1
        entry.posted_on, entry.received_on = posted_on[row], received_on[row]
        entry.quantity, entry.amount, entry.has_amount = quantities[row], amounts[row], has_amount[row]
        if row > 0 and posted_on[row] < posted_on[row - 1]:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_links(entries: NDArray, places: NDArray, linking: NDArray, linked: NDArray, linked_kinds: NDArray) -> bool:
    """Fill the links that can be what they say. Returns whether what arrives of a transfer is what left."""
    for at in range(len(linking)):
        entry, target = entries[places[linking[at]]], entries[places[linked[at]]]
        sign = 1 if target.kind < kernel.COST_ADJUSTMENT else -1
        is_earlier = linked[at] < linking[at] and target.item == entry.item
        if is_earlier and target.kind == linked_kinds[entry.kind] and sign * target.quantity > 0:
            entry.link = places[linked[at]]
            if entry.kind == kernel.TRANSFER_IN and entry.quantity != -target.quantity:
                return False
    return True


def _measures(movements: pa.Table) -> tuple[NDArray, ...]:
    """Kind, days, quantity and amount of each movement, and whether it has one."""
    return (
        _kinds(movements),
        to_days(movements["posted_on"]),
        to_days(movements["received_on"]),
        to_units(movements["quantity_change"], QUANTITY),
        to_units(movements["cost_amount"], MONEY),
        movements["cost_amount"].is_valid().to_numpy(),
    )


def _entries(
    item_codes: NDArray[np.int32],
    places: NDArray[np.int32],
    measures: tuple[NDArray, ...],
    links: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray:
    """The movements as records, item by item; positions are still open."""
    entries = np.empty(len(places), kernel.ENTRY)
    if not _fill_entries(entries, places, item_codes, measures):
        raise ValueError("movement_number does not follow posted_on")
    if not _fill_links(entries, places, *links, _LINKED_KINDS):
        raise ValueError("a transfer_in has another quantity than its transfer_out")
    return entries


def read_ledger(movements: pa.Table) -> Ledger:
    """The ledger in the kernel's form.

    Args:
        movements: with `LEDGER_COLUMNS`.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, or a ledger out of order.
        OverflowError: an amount or quantity does not fit.
    """
    missing = [name for name in LEDGER_COLUMNS if name not in movements.column_names]
    if missing:
        raise KeyError(f"movements lack the columns {', '.join(missing)}")
    movements = _in_order(movements)
    numbers = movements["movement_number"].cast(pa.int64()).to_numpy()
    with ThreadPoolExecutor(1) as pool:
        measuring = pool.submit(_measures, movements)
        (item_codes, items), (location_codes, locations) = (
            _codes(movements[name]) for name in ("item_id", "location_id")
        )
        links, measures = _links(numbers, movements["linked_movement_number"]), measuring.result()
    order, places, item_ends = _by_group(item_codes, len(items))
    entries = _entries(item_codes, places, measures, links)
    width = max(len(locations), 1)
    entries["position"], pairs = _positions(entries["item"], location_codes[order], width)
    return Ledger(
        entries,
        order,
        numbers,
        item_ends,
        _layers_brought(entries, item_ends),
        np.bincount(entries["kind"], minlength=len(MOVEMENT_TYPES)),
        items,
        np.searchsorted(pairs // width, np.arange(len(items) + 1)),
        (pairs % width).astype(np.int32),
        locations,
    )


def _layers_brought(entries: NDArray, item_ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many layers each item's entries can bring: every inbound one; a transfer out may split one and lack one."""
    brought = (entries["quantity"] > 0) + 2 * (entries["kind"] == kernel.TRANSFER_OUT)
    totals = np.concatenate([[0], np.cumsum(brought)])
    return np.diff(totals[item_ends], prepend=0)


def _positions(items: NDArray, locations: NDArray, width: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The position of each pair of item and location, and all pairs, item by item."""
    found, pairs = _codes(pa.chunked_array([items.astype(np.int64) * width + locations]))
    pairs = pairs.to_numpy()
    ascending = np.argsort(pairs)
    rank = np.empty(len(pairs), np.int32)
    rank[ascending] = np.arange(len(pairs))
    return np.take(rank, found), pairs[ascending]
