"""The reserve roll-forward: how a period's reserve follows from the last one's, exactly.

A write-down belongs to units. It leaves with them: the share of the opening stock that was sold relieves cost
of sales, the share that was scrapped meets the loss of scrapping, the share that moved to another location
moves along. What is left is then compared with the decided amount; where nothing is decided, it stays. Money is whole
ten-thousandths.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import mul_div_round, to_days, to_decimals, to_units

FRAMEWORKS = ("us_gaap", "ifrs")
AMOUNTS = (
    "opening_amount",
    "addition_amount",
    "relieved_by_sale_amount",
    "relieved_by_scrap_amount",
    "reversal_amount",
    "transferred_amount",
    "closing_amount",
)

Units = NDArray[np.int64]


@njit(cache=True, error_model="numpy")
def _shares(values: Units, parts: Units, wholes: Units) -> Units:
    """The rounded share part / whole of each value; nothing of nothing is nothing."""
    shares = np.zeros(len(values), np.int64)
    for row in range(len(values)):
        if wholes[row] > 0:
            shares[row] = mul_div_round(values[row], parts[row], wholes[row])
    return shares


def _transferred(opening: Units, gone: Units, held: Units, moves: tuple[Units, Units, Units]) -> Units:
    """Reserve that moves between positions with their units: signed, and zero in sum."""
    origins, targets, quantities = moves
    moved = np.zeros(len(opening), np.int64)
    if len(origins) == 0:
        return moved
    running = np.cumsum(quantities)
    starts = np.flatnonzero(np.diff(origins, prepend=origins[0] - 1))
    before = np.repeat(running[starts] - quantities[starts], np.diff(starts, append=len(origins)))
    upto = gone[origins] + running - before
    amounts = _shares(opening[origins], upto, held[origins]) - _shares(
        opening[origins], upto - quantities, held[origins]
    )
    np.subtract.at(moved, origins, amounts)
    np.add.at(moved, targets, amounts)
    return moved


def roll_forward(decisions: pa.Table, flows: pa.Table, transfers: pa.Table) -> pa.Table:
    """Roll the reserve of every position forward, period by period, under both frameworks.

    Args:
        decisions: item_id, location_id, period_end, cost_value, decided_amount; one row per position with stock. A
            null decided_amount is none: what is left of the last booked reserve is carried.
        flows: item_id, location_id, valuation_date (the period's opening), quantity, sold_quantity,
            returned_to_supplier_quantity, written_off_quantity: the fate of the opening stock in the period.
        transfers: item_id, location_id, to_location_id, valuation_date, quantity of the opening stock.

    Returns:
        item_id, location_id, period_end, framework and `AMOUNTS`; opening + addition - relieved by sale - relieved by
        scrap - reversal + transferred = closing in every row, and a closing is the next opening.

    Source:
        US GAAP, ASC 330-10-35-14: a write-down makes a new cost basis, so what is left of it never falls but by
        sale or disposal. IFRS, IAS 2.33: what recovers is reversed, up to the earlier write-down.
    """
    keys = pa.concat_tables(
        [decisions.select(["item_id", "location_id"]), flows.select(["item_id", "location_id"])]
        + [
            transfers.select(["item_id", place]).rename_columns(["item_id", "location_id"])
            for place in ("location_id", "to_location_id")
        ]
    )
    positions = keys.group_by(["item_id", "location_id"]).aggregate([])
    positions = positions.sort_by([("item_id", "ascending"), ("location_id", "ascending")])
    number = pa.array(np.arange(len(positions)))
    positions = positions.append_column("position", number)

    def coded(table: pa.Table, place: str = "location_id") -> NDArray[np.int64]:
        wanted = table.select(["item_id", place]).rename_columns(["item_id", "location_id"])
        wanted = wanted.append_column("row", pa.array(np.arange(len(table))))
        joined = wanted.join(positions, ["item_id", "location_id"]).sort_by("row")
        return joined["position"].to_numpy()

    decision_rows, flow_rows = coded(decisions), coded(flows)
    origins, targets = coded(transfers), coded(transfers, "to_location_id")
    decision_days, flow_days = to_days(decisions["period_end"]), to_days(flows["valuation_date"])
    transfer_days = to_days(transfers["valuation_date"])
    cost, decided = to_units(decisions["cost_value"]), to_units(decisions["decided_amount"])
    undecided = decisions["decided_amount"].is_null().to_numpy().astype(np.int64)
    held = to_units(flows["quantity"])
    sold = to_units(flows["sold_quantity"]) + to_units(flows["returned_to_supplier_quantity"])
    scrapped = to_units(flows["written_off_quantity"])
    moved = to_units(transfers["quantity"])

    periods = np.unique(decision_days)
    closing = {framework: np.zeros(len(positions), np.int64) for framework in FRAMEWORKS}
    # Before the first decision there are no rows, but columns.
    rows = [_rows(positions, np.arange(0), 0, "", (np.zeros(0, np.int64),) * len(AMOUNTS))]
    for order, period in enumerate(periods):
        of_decisions = np.flatnonzero(decision_days == period)
        stock_cost = _spread(cost, of_decisions, decision_rows, len(positions))
        proposal = _spread(decided, of_decisions, decision_rows, len(positions))
        is_carried = _spread(undecided, of_decisions, decision_rows, len(positions)) > 0
        previous = periods[order - 1] if order else period - 1
        of_flows = np.flatnonzero(flow_days == previous)
        opening_held, opening_sold, opening_scrapped = (
            _spread(values, of_flows, flow_rows, len(positions)) for values in (held, sold, scrapped)
        )
        of_moves = np.flatnonzero(transfer_days == previous)
        of_moves = of_moves[np.lexsort((targets[of_moves], origins[of_moves]))]
        moves = (origins[of_moves], targets[of_moves], moved[of_moves])
        for framework in FRAMEWORKS:
            opening = closing[framework]
            by_sale = _shares(opening, opening_sold, opening_held)
            gone = opening_sold + opening_scrapped
            by_scrap = _shares(opening, gone, opening_held) - by_sale
            transferred = _transferred(opening, gone, opening_held, moves)
            left = opening - by_sale - by_scrap + transferred
            # No reserve outlives its stock, and none exceeds what the stock cost: the rest left with sold units.
            excess = np.maximum(left - stock_cost, 0)
            by_sale, left = by_sale + excess, left - excess
            target = np.where(is_carried, left, proposal)
            addition = np.maximum(target - left, 0)
            reversal = np.maximum(left - target, 0) if framework == "ifrs" else np.zeros_like(left)
            closing[framework] = left + addition - reversal
            amounts = (opening, addition, by_sale, by_scrap, reversal, transferred, closing[framework])
            kept = np.flatnonzero((stock_cost > 0) | np.any(np.stack(amounts) != 0, axis=0))
            rows.append(_rows(positions, kept, int(period), framework, amounts))
    return pa.concat_tables(rows)


def _spread(values: Units, rows: NDArray[np.int64], positions: NDArray[np.int64], size: int) -> Units:
    """Some rows' values, each at its position; 0 elsewhere."""
    spread = np.zeros(size, np.int64)
    spread[positions[rows]] = values[rows]
    return spread


def _rows(
    positions: pa.Table, kept: NDArray[np.int64], period: int, framework: str, amounts: tuple[Units, ...]
) -> pa.Table:
    named = positions.select(["item_id", "location_id"]).take(pa.array(kept))
    days = pa.array(np.full(len(kept), period, np.int32)).cast(pa.date32())
    named = named.append_column("period_end", days)
    named = named.append_column("framework", pa.array([framework] * len(kept), pa.string()))
    for name, values in zip(AMOUNTS, amounts, strict=True):
        named = named.append_column(name, to_decimals(values[kept]))
    return named
