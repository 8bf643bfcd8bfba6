"""What each policy orders of each position, and what that is expected to cost over the horizon."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from inventory_valuation.planning.levels import expected_unsold
from inventory_valuation.planning.ordering import Levels, exact, learned, newsvendor, seen, tuned_quantile
from inventory_valuation.planning.positions import (
    KEYS,
    Positions,
    history_of,
    horizon_of,
    positions_at,
    unit_costs,
    window_of,
)
from inventory_valuation.planning.replays import factors_of, past_of, searched_weights, tuned_factors
from inventory_valuation.planning.scenes import Expected, simulated

Array = NDArray[np.float64]


def order_now(positions: Positions, levels: Levels) -> Array:
    """What to order today, in quantities that can be ordered."""
    stock = positions.on_hand + positions.on_order
    missing = np.where(stock <= levels.point + 1e-9, np.maximum(levels.level - stock, 0.0), 0.0)
    return positions.lots().rounded_up(missing)


def gain_of(positions: Positions, order: Array) -> Array:
    """What an order is worth now against the next review: margins kept, less holding, write-downs and its own cost."""
    window, horizon, costs = window_of(positions), horizon_of(positions), unit_costs(positions)
    before = positions.on_hand + positions.on_order
    left, unsold = (
        expected_unsold(before + order, demand) - expected_unsold(before, demand) for demand in (window, horizon)
    )
    worth = costs.short * (order - left) - costs.held * left - costs.unsold * unsold
    return np.where(order > 0, worth - positions.order_cost, 0.0)


def reorder_plans(positions: pa.Table, months: pa.Table, weeks: pa.Table) -> pa.Table:
    """Each policy's levels and order of each position at the newest date, and what they are expected to bring.

    Args:
        positions: rows of int_reorder_positions.
        months: rows of int_month_shares.
        weeks: rows of int_demand_weeks.

    Returns:
        item_id, location_id, policy, the window's expected demand, reorder_point, order_up_to, order_quantity (units),
        order_gain (money), and the columns of `Expected`; float64.
    """
    newest = positions.filter(positions["is_latest"])
    if not len(newest):
        return _no_plans()
    of_date = months.filter(pc.equal(months["valuation_date"], newest["valuation_date"][0]))
    now = positions_at(newest, of_date, history_of(weeks, newest), pc.max(newest["horizon_months"]).as_py())
    past = past_of(positions, months, weeks)
    last = len(past.dates) - 1
    segments = newest["segment"].to_numpy(zero_copy_only=False).astype(str)
    plans = {
        "newsvendor": newsvendor(now),
        "tuned_quantile": tuned_quantile(now, factors_of(tuned_factors(past, last // 2, last), segments)),
        "exact_levels": exact(now),
        "learned": learned(seen(now), searched_weights(past, last // 2, last)),
    }
    expected = simulated(now, plans)
    tables = []
    for name, levels in plans.items():
        order = order_now(now, levels)
        table = newest.select(KEYS).append_column("policy", pa.array([name] * len(newest)))
        measured = (window_of(now).mean, *levels, order, gain_of(now, order), *expected[name])
        for measure, values in zip(_MEASURES, measured, strict=True):
            table = table.append_column(measure, pa.array(values, from_pandas=True))
        tables.append(table)
    return pa.concat_tables(tables)


_MEASURES = ("window_demand", "reorder_point", "order_up_to", "order_quantity", "order_gain", *Expected._fields)


def _no_plans() -> pa.Table:
    names = [*KEYS, "policy"]
    return pa.schema(
        [(name, pa.string()) for name in names] + [(name, pa.float64()) for name in _MEASURES]
    ).empty_table()
