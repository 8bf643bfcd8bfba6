"""The movement ledger in the form of the costing kernel, from its beginning or from a checkpoint on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.costing import kernel
from inventory_valuation.exact import MONEY, QUANTITY, to_days, to_decimals, to_units

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


class Checkpoint(NamedTuple):
    """What costing remembers of the items that continue from an earlier date.

    `states` are rows of `costing.costing_states`, one state_date per item. `earlier` are the movements up to it that
    later ones link to, and the transfers under way: `LEDGER_COLUMNS`, and of each its costs so far:
    `<method>_value_change`, average_cost (under the average, of a receipt or return, with later cost adjustments),
    returned_quantity (of a sale, what links to it), fifo_received_on (of a sale), pool_left_rate and pool_part_rate.
    Of an item with a late cost, all that have such rates from its receipt on are among them.
    """

    states: pa.Table
    earlier: pa.Table


class Ledger(NamedTuple):
    """The ledger item by item, as fixed-width records."""

    entries: NDArray
    order: NDArray[np.int32]  # place of each entry in the order of the ledger
    places: NDArray[np.int32]  # the entry that stands at each place in the order of the ledger
    numbers: NDArray[np.int64]  # movement_number, in the order of the ledger
    item_starts: NDArray[np.int64]  # row of the first entry to cost, by item; those before are linked to
    item_ends: NDArray[np.int64]  # row after the last entry of each item
    layers_brought: NDArray[np.int64]  # how many layers the entries of each item can bring
    kind_counts: NDArray[np.int64]  # how many entries there are of each kind
    items: pa.Array
    item_positions: NDArray[np.int64]  # first position of each item, and one past the last
    location_codes: NDArray[np.int32]  # of each position
    locations: pa.Array
    memories: list[NDArray]  # by method but standard: rows of states, item by item
    memory_ends: list[NDArray[np.int64]]  # row after the last of each item
    continued_on: NDArray[np.int32]  # day up to which each item stands in its memory
    remembered: NDArray[np.int64]  # movement_number of what brought the layers of the memories, where it is no entry
    earlier_results: list[NDArray]  # by method: of the entries before their items' starts
    earlier_traces: NDArray  # of the entries before their items' starts, in their order

    @property
    def is_new(self) -> NDArray[np.bool_]:
        """Whether an entry is to be costed."""
        return np.arange(len(self.entries)) >= np.take(self.item_starts, self.entries["item"])

    def item_ids(self, position_codes: NDArray) -> pa.DictionaryArray:
        """Items of positions."""
        codes = np.searchsorted(self.item_positions, np.arange(len(self.location_codes)), side="right") - 1
        return pa.DictionaryArray.from_arrays(codes.astype(np.int32)[position_codes], self.items)

    def location_ids(self, position_codes: NDArray, mask: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
        """Locations of positions; null where masked."""
        codes = pa.array(np.take(self.location_codes, position_codes, mode="clip"), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, self.locations)

    def movement_numbers(self, rows: NDArray, mask: NDArray[np.bool_] | None = None) -> pa.Array:
        """Movement numbers of entries, or of what is remembered (-2 and less); null where masked."""
        is_entry = rows >= 0
        if np.all(is_entry):
            return pa.array(np.take(self.numbers, np.take(self.order, rows)), mask=mask)
        numbers, is_remembered = np.zeros(len(rows), np.int64), rows <= -2
        numbers[is_entry] = np.take(self.numbers, np.take(self.order, rows[is_entry]))
        numbers[is_remembered] = np.take(self.remembered, -2 - rows[is_remembered])
        return pa.array(numbers, mask=mask)


def in_batches(table: pa.Table) -> pa.Table:
    """The same rows in pieces of a DuckDB row group each, so that it writes them on all cores."""
    return pa.Table.from_batches(table.to_batches(max_chunksize=122_880), table.schema)


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
def _fill_entries(
    entries: NDArray,
    places: NDArray,
    item_codes: NDArray,
    kinds: NDArray,
    posted_on: NDArray,
    received_on: NDArray,
    quantities: NDArray,
    amounts: NDArray,
    has_amount: NDArray,
) -> bool:
    """Fill the entries, item by item, from columns in the order of the ledger. Returns whether days are in order."""
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
    if not _fill_entries(entries, places, item_codes, *measures):
        raise ValueError("movement_number does not follow posted_on")
    if not _fill_links(entries, places, *links, _LINKED_KINDS):
        raise ValueError("a transfer_in has another quantity than its transfer_out")
    return entries


def read_ledger(movements: pa.Table, checkpoint: Checkpoint | None = None) -> Ledger:
    """The ledger in the kernel's form.

    Args:
        movements: with `LEDGER_COLUMNS`; of items that continue, those after their state_date.
        checkpoint: what items continue from; those without a state start from their first movement.

    Raises:
        KeyError: a ledger column is missing.
        ValueError: an unknown movement type, a ledger out of order, or a state that refers to unknown movements.
        OverflowError: an amount or quantity does not fit.
    """
    missing = [name for name in LEDGER_COLUMNS if name not in movements.column_names]
    if missing:
        raise KeyError(f"movements lack the columns {', '.join(missing)}")
    earlier, states = _remembered(checkpoint, movements.schema)
    is_new = np.repeat([True, False], [len(movements), len(earlier)])
    if len(earlier):
        movements = pa.concat_tables([movements.select(LEDGER_COLUMNS), earlier.select(LEDGER_COLUMNS)])
        ascending = np.argsort(movements["movement_number"].to_numpy(), kind="stable")
        is_new, movements = is_new[ascending], movements.take(pa.array(ascending))
    movements = _in_order(movements)
    rows, numbers = len(movements), movements["movement_number"].cast(pa.int64()).to_numpy()
    with ThreadPoolExecutor(1) as pool:
        measuring, remembering = pool.submit(_measures, movements), pool.submit(_state_measures, states)
        (item_codes, items), (location_codes, locations) = (
            _codes(pa.chunked_array([*movements[name].chunks, *states[name].chunks]))
            for name in ("item_id", "location_id")
        )
        links, measures = _links(numbers, movements["linked_movement_number"]), measuring.result()
    order, places, item_ends = _by_group(item_codes[:rows], len(items))
    item_starts = np.concatenate([[0], item_ends[:-1]]) + np.bincount(item_codes[:rows][~is_new], minlength=len(items))
    entries = _entries(item_codes, places, measures, links)
    positions, pairs = _positions(
        np.concatenate([np.repeat(np.arange(len(items)), np.diff(item_ends, prepend=0)), item_codes[rows:]]),
        np.concatenate([location_codes[order], location_codes[rows:]]),
        max(len(locations), 1),
    )
    entries["position"] = positions[:rows]
    ledger = Ledger(
        entries,
        order,
        places,
        numbers,
        item_starts,
        item_ends,
        _layers_brought(entries, item_ends),
        np.bincount(entries["kind"], minlength=len(MOVEMENT_TYPES)),
        items,
        np.searchsorted(pairs // max(len(locations), 1), np.arange(len(items) + 1)),
        (pairs % max(len(locations), 1)).astype(np.int32),
        locations,
        *_memories(states, remembering.result(), item_codes[rows:], positions[rows:], len(items), numbers, places),
        [],
        np.empty(0, kernel.TRACE),
    )
    return _with_earlier(ledger, earlier)


def _layers_brought(entries: NDArray, item_ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many layers each item's entries can bring: every inbound one; a transfer out may split one and lack one."""
    brought = (entries["quantity"] > 0) + 2 * (entries["kind"] == kernel.TRANSFER_OUT)
    totals = np.concatenate([[0], np.cumsum(brought)])
    return np.diff(totals[item_ends], prepend=0)


def _positions(items: NDArray, locations: NDArray, width: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The position of each pair of item and location, -1 without a location, and all pairs, item by item."""
    is_placed = locations >= 0
    pairs = items.astype(np.int64) * width + locations
    if not is_placed.all():
        pairs = pairs[is_placed]
    found, pairs = _codes(pa.chunked_array([pairs]))
    pairs = pairs.to_numpy()
    ascending = np.argsort(pairs)
    rank = np.empty(len(pairs), np.int32)
    rank[ascending] = np.arange(len(pairs))
    positions = np.full(len(items), -1, np.int32)
    positions[is_placed] = rank[found]
    return positions, pairs[ascending]


STATE_SCHEMA = pa.schema(
    [
        ("state_date", pa.date32()),
        ("costing_method", pa.string()),
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("layer_number", pa.int32()),
        ("quantity", QUANTITY),
        ("value", MONEY),
        ("known_quantity", QUANTITY),
        ("known_value", MONEY),
        ("gone_quantity", QUANTITY),
        ("gone_value", MONEY),
        ("left_per_unit", pa.float64()),
        ("previous_layer", pa.int32()),
        ("next_layer", pa.int32()),
        ("sibling_layer", pa.int32()),
        ("head_layer", pa.int32()),
        ("origin_movement_number", pa.int64()),
        ("transfer_movement_number", pa.int64()),
        ("queued_on", pa.date32()),
        ("received_on", pa.date32()),
    ]
)
_STATE_LINKS = {
    "previous": "previous_layer",
    "next": "next_layer",
    "sibling": "sibling_layer",
    "head": "head_layer",
    "number": "layer_number",
}
_STATE_AMOUNTS = ("quantity", "value", "known_quantity", "known_value", "gone_quantity", "gone_value")
_STATE_DAYS = ("queued_on", "received_on")


def state_table(ledger: Ledger, method: str, rows: NDArray) -> pa.Table:
    """Rows of states that the kernel wrote, for keeping."""
    is_layer, has_place, is_under_way = rows["number"] >= 0, rows["position"] >= 0, rows["position"] <= -2
    transfers = np.where(is_under_way, -2 - rows["position"], 0)

    found = {
        "state_date": pa.array(rows["date"]).cast(pa.date32()),
        "costing_method": pa.repeat(method, len(rows)),
        "item_id": pa.DictionaryArray.from_arrays(rows["item"].astype(np.int32), ledger.items).cast(pa.string()),
        "location_id": ledger.location_ids(rows["position"], ~has_place).cast(pa.string()),
        "quantity": to_decimals(rows["quantity"], QUANTITY),
        "value": to_decimals(rows["value"], MONEY),
        "known_quantity": to_decimals(rows["other_quantity"], QUANTITY, is_layer),
        "known_value": to_decimals(rows["other_value"], MONEY, is_layer),
        "gone_quantity": to_decimals(rows["other_quantity"], QUANTITY, ~is_layer),
        "gone_value": to_decimals(rows["other_value"], MONEY, ~is_layer),
        "left_per_unit": pa.array(rows["left_per_unit"], mask=is_layer | (method != COSTING_METHODS[kernel.AVERAGE])),
        "origin_movement_number": ledger.movement_numbers(rows["origin"], rows["origin"] == -1),
        "transfer_movement_number": ledger.movement_numbers(transfers, ~is_under_way),
    }
    found |= {column: pa.array(rows[name], mask=rows[name] < 0) for name, column in _STATE_LINKS.items()}
    found |= {name: pa.array(rows[name], mask=~is_layer).cast(pa.date32()) for name in _STATE_DAYS}
    return pa.table([found[name] for name in STATE_SCHEMA.names], STATE_SCHEMA)


def _remembered(checkpoint: Checkpoint | None, schema: pa.Schema) -> tuple[pa.Table, pa.Table]:
    """Earlier movements and states; none without a checkpoint."""
    ledger_schema = pa.schema([schema.field(name) for name in LEDGER_COLUMNS])
    if checkpoint is None or len(checkpoint.states) == 0:
        return ledger_schema.empty_table(), STATE_SCHEMA.empty_table()
    earlier = checkpoint.earlier
    for column in ledger_schema:
        values = earlier[column.name].cast(column.type)
        earlier = earlier.set_column(earlier.schema.get_field_index(column.name), column, values)
    return earlier, checkpoint.states.cast(STATE_SCHEMA)


def _state_measures(states: pa.Table) -> tuple[NDArray, ...]:
    """Date, amounts, links and days of each state."""
    nothing = pa.scalar(0, pa.int32()).cast(pa.date32())
    return (
        to_days(states["state_date"]),
        *(to_units(states[name], STATE_SCHEMA.field(name).type) for name in _STATE_AMOUNTS),
        states["left_per_unit"].fill_null(0.0).to_numpy(),
        *(states[name].fill_null(-1).to_numpy() for name in _STATE_LINKS.values()),
        *(to_days(states[name].fill_null(nothing)) for name in _STATE_DAYS),
    )


def _memories(
    states: pa.Table,
    measures: tuple[NDArray, ...],
    items: NDArray[np.int32],
    positions: NDArray[np.int32],
    item_count: int,
    numbers: NDArray[np.int64],
    places: NDArray[np.int32],
) -> tuple[list[NDArray], list[NDArray[np.int64]], NDArray[np.int32], NDArray[np.int64]]:
    """What `Ledger` calls memories, memory_ends, continued_on and remembered."""
    methods = pc.index_in(states["costing_method"], pa.array(COSTING_METHODS)).to_numpy()
    method_ends = np.cumsum(np.bincount(methods, minlength=kernel.STANDARD))
    method_starts = np.concatenate([[0], method_ends[:-1]])
    _, rows, ends = _by_group(methods * np.int64(item_count) + items, kernel.STANDARD * item_count)
    origins = states["origin_movement_number"]
    transfers = _rows_of(states["transfer_movement_number"], numbers, places)
    if np.any(states["transfer_movement_number"].is_valid().to_numpy() & (transfers < 0)):
        raise ValueError("a state refers to a movement that is not among the earlier ones")
    memory = np.empty(len(states), kernel.STATE)
    _fill_memory(
        memory,
        rows,
        items,
        np.where(transfers >= 0, -2 - transfers, positions),
        _rows_of(origins, numbers, places),
        origins.is_valid().to_numpy(),
        *measures,
    )
    continued_on = np.full(item_count, np.iinfo(np.int32).min, np.int32)
    continued_on[items] = memory["date"][rows]
    return (
        [memory[start:end] for start, end in zip(method_starts, method_ends, strict=True)],
        list(ends.reshape(kernel.STANDARD, item_count) - method_starts[:, None]),
        continued_on,
        origins.fill_null(0).to_numpy(),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_memory(
    memory: NDArray,
    rows: NDArray,
    items: NDArray,
    positions: NDArray,
    origins: NDArray,
    has_origin: NDArray,
    dates: NDArray,
    quantities: NDArray,
    values: NDArray,
    known_quantities: NDArray,
    known_values: NDArray,
    gone_quantities: NDArray,
    gone_values: NDArray,
    left_per_unit: NDArray,
    previous: NDArray,
    following: NDArray,
    siblings: NDArray,
    heads: NDArray,
    layer_numbers: NDArray,
    queued_on: NDArray,
    received_on: NDArray,
) -> None:
    """Fill what is remembered from columns, each state at its row; an origin that is no entry (-1) by its number."""
    for at in range(len(rows)):
        row = memory[rows[at]]
        row.item, row.position, row.date, row.number = items[at], positions[at], dates[at], layer_numbers[at]
        row.quantity, row.value = quantities[at], values[at]
        row.other_quantity = known_quantities[at] + gone_quantities[at]
        row.other_value, row.left_per_unit = known_values[at] + gone_values[at], left_per_unit[at]
        row.previous, row.next, row.sibling, row.head = previous[at], following[at], siblings[at], heads[at]
        row.origin = -2 - at if has_origin[at] and origins[at] < 0 else origins[at]
        row.queued_on, row.received_on = queued_on[at], received_on[at]


def _rows_of(column: pa.ChunkedArray, numbers: NDArray[np.int64], places: NDArray[np.int32]) -> NDArray[np.int32]:
    """The entries that movement numbers mean; -1 where there is none."""
    is_given = column.is_valid().to_numpy()
    if len(numbers) == 0 or not is_given.any():
        return np.full(len(is_given), -1, np.int32)
    wanted = column.fill_null(0).to_numpy()
    found = _find(numbers, wanted)
    return np.where(is_given & (numbers[found] == wanted), places[found], -1).astype(np.int32)


def _with_earlier(ledger: Ledger, earlier: pa.Table) -> Ledger:
    """The ledger with what is known of the entries before their items' starts, in their order."""
    results = []
    rows = _rows_of(earlier["movement_number"], ledger.numbers, ledger.places)
    ascending = np.argsort(rows)
    rows, earlier = rows[ascending], earlier.take(pa.array(ascending))
    kinds = ledger.entries["kind"][rows]
    for method, name in enumerate(COSTING_METHODS):
        found = np.zeros(len(earlier), kernel.RESULT)
        if len(earlier):
            found["value_change"] = to_units(earlier[f"{name}_value_change"], MONEY)
            left_on = earlier["fifo_received_on"].fill_null(pa.scalar(0, pa.int32()).cast(pa.date32()))
            found["left_on"] = to_days(left_on)
            found["trace"] = np.where(kinds == kernel.SALE, to_units(earlier["returned_quantity"], QUANTITY), -1)
            if method == kernel.AVERAGE:
                is_inbound = kinds < kernel.COST_ADJUSTMENT
                found["trace"] = np.where(is_inbound, to_units(earlier["average_cost"], MONEY), found["trace"])
        results.append(found)
    if len(earlier) == 0:
        return ledger._replace(earlier_results=results)
    is_traced = earlier["pool_left_rate"].is_valid().to_numpy()
    traces = np.zeros(np.count_nonzero(is_traced), kernel.TRACE)
    traces["row"], traces["position"] = rows[is_traced], ledger.entries["position"][rows[is_traced]]
    traces["kind"] = kinds[is_traced]
    traces["left"] = earlier["pool_left_rate"].drop_null().to_numpy()
    traces["part"] = earlier["pool_part_rate"].drop_null().to_numpy()
    return ledger._replace(earlier_results=results, earlier_traces=traces)
