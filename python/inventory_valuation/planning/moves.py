"""What units are worth that need not come, or could stand elsewhere: orders and transfers against expected demand.

A unit that comes on top of others sells with the probability that demand reaches it; else it brings its final value.
What a lot or a move is worth is a difference of expected sales of the gamma distribution, before and after.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.forecasting.distributions import expected_sales

_CUTS = np.arange(1, 9) / 8  # shares of a lot, or of the units that a location has left over
_MONEY_STEP = 4  # decimals: gains that differ by less are equal

Vector = NDArray[np.float64]


def purchase_excess(lots: pa.Table) -> pa.Table:
    """How many units of each lot had better not be bought, and the loss that this saves.

    Args:
        lots: supplied_quantity (units before the lot in line), lot_quantity, expected_demand_quantity,
            demand_variation, unit_cost, unit_nrv, unit_final_value (of a unit unsold at the end), unit_holding_cost (a
            year) and horizon_months; other columns are kept.

    Returns:
        The other columns, with excess_quantity, expected_loss_amount (cost of those units less what they would bring),
        excess_holding_amount (the part of it that is holding cost) and is_all_excess.

    >>> lot = dict(supplied_quantity=[50.0], lot_quantity=[80.0], expected_demand_quantity=[100.0],
    ...     demand_variation=[0.02], unit_cost=[10.0], unit_nrv=[15.0], unit_final_value=[2.0],
    ...     unit_holding_cost=[1.8], horizon_months=[12.0])
    >>> purchase_excess(pa.table(lot))["excess_quantity"].to_pylist()
    [40.0]
    """
    measures = (
        "supplied_quantity", "lot_quantity", "expected_demand_quantity", "demand_variation", "unit_cost", "unit_nrv",
        "unit_final_value", "unit_holding_cost", "horizon_months",
    )  # fmt: skip
    supplied, lot, mean, variation, cost, nrv, final, holding, months = _columns(lots, measures)
    cut = lot[:, None] * _CUTS
    cut = np.where((lot == np.rint(lot))[:, None], np.floor(cut), cut)
    full = supplied + lot
    wide = (mean[:, None], variation[:, None])
    sold = expected_sales(full, mean, variation)[:, None] - expected_sales(full[:, None] - cut, *wide)
    unsold = cut - sold
    held = (holding * months / 12)[:, None] * (unsold + sold / 2)
    loss = cut * cost[:, None] - sold * nrv[:, None] - unsold * final[:, None] + held
    best = np.argmax(loss.round(_MONEY_STEP), axis=1)
    each = np.arange(len(lot))
    pays = loss[each, best].round(_MONEY_STEP) > 0 if len(lot) else np.zeros(0, bool)
    kept = lots.drop_columns(list(measures))
    for name, values in (("excess_quantity", cut), ("expected_loss_amount", loss), ("excess_holding_amount", held)):
        kept = kept.append_column(name, pa.array(np.where(pays, values[each, best], 0.0)))
    return kept.append_column("is_all_excess", pa.array(pays & (best == len(_CUTS) - 1)))


def transfers(positions: pa.Table) -> pa.Table:
    """The best move of each item between two of its locations, where one has more than it will sell.

    Args:
        positions: item_id, location_id, free_quantity, on_order_quantity, expected_demand_quantity, demand_variation,
            unit_nrv, unit_final_value, unit_buying_cost, unit_transfer_cost, unit_holding_cost (a year) and
            horizon_months. A unit that sells where it is moved to is worth no more than buying it there.

    Returns:
        item_id, location_id, to_location_id, transfer_quantity, transfer_gain_amount and transfer_cost_amount, one row
        per item with a gain.
    """
    positions = positions.sort_by([("item_id", "ascending"), ("location_id", "ascending")])
    source, target = _pairs(positions["item_id"].to_numpy(zero_copy_only=False).astype(str))
    measures = (
        "free_quantity", "on_order_quantity", "expected_demand_quantity", "demand_variation", "unit_nrv",
        "unit_final_value", "unit_buying_cost", "unit_transfer_cost", "unit_holding_cost", "horizon_months",
    )  # fmt: skip
    stock, ordered, mean, variation, nrv, final, buying, moving, holding, months = _columns(positions, measures)
    sells = expected_sales(stock, mean, variation)
    short = np.maximum(mean - expected_sales(stock + ordered, mean, variation), 0)
    most = np.minimum((stock - sells)[source], short[target])
    useful = most >= np.where(stock[source] == np.rint(stock[source]), 1.0, 1e-6)
    source, target, most = source[useful], target[useful], most[useful]
    move = most[:, None] * _CUTS
    move = np.where((stock[source] == np.rint(stock[source]))[:, None], np.floor(move), move)

    def sold(place: NDArray[np.int64], units: Vector) -> Vector:
        return expected_sales(units, mean[place][:, None], variation[place][:, None])

    lost = sells[source][:, None] - sold(source, stock[source][:, None] - move)
    there = (stock + ordered)[target][:, None]
    won = sold(target, there + move) - sold(target, there)
    cost = move * moving[source][:, None]
    held = (holding * months / 24)[source][:, None]  # a unit that sells is held for half the horizon less
    value = np.minimum(nrv, buying)[target][:, None] + held
    gain = won * value - lost * (nrv[source][:, None] + held) - (won - lost) * final[source][:, None] - cost
    best = np.argmax(gain.round(_MONEY_STEP), axis=1)
    each = np.arange(len(source))
    gain, move, cost = (values[each, best] for values in (gain, move, cost))
    first = _best_of_each(positions["item_id"].to_numpy(zero_copy_only=False).astype(str)[source], gain)
    keys = {"item_id": ("item_id", source), "location_id": ("location_id", source),
            "to_location_id": ("location_id", target)}  # fmt: skip
    return pa.table(
        {name: positions[column].take(pa.array(rows[first])) for name, (column, rows) in keys.items()}
        | {"transfer_quantity": move[first], "transfer_gain_amount": gain[first], "transfer_cost_amount": cost[first]}
    )


def _pairs(items: NDArray[np.str_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers of all pairs of two positions of the same item, in order; the items are sorted."""
    if not len(items):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.append(True, items[1:] != items[:-1]))
    sizes = np.diff(np.append(starts, len(items)))
    group = np.repeat(np.arange(len(starts)), sizes)
    source = np.repeat(np.arange(len(items)), sizes[group])
    before = np.cumsum(sizes[group]) - sizes[group]
    target = starts[group][source] + np.arange(len(source)) - before[source]
    return source[source != target], target[source != target]


def _best_of_each(items: NDArray[np.str_], gain: Vector) -> NDArray[np.int64]:
    """Row of each item's largest gain above nothing, the first of equals."""
    order = np.lexsort((np.arange(len(gain)), -gain.round(_MONEY_STEP), items))
    first = order[np.append(True, items[order][1:] != items[order][:-1])] if len(order) else order
    return first[gain[first].round(_MONEY_STEP) > 0]


def _columns(table: pa.Table, names: tuple[str, ...]) -> list[Vector]:
    return [np.nan_to_num(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)) for name in names]
