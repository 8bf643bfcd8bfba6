"""What each policy orders of each position, and what that is expected to cost over the horizon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.forecasting.distributions import demand_quantile
from inventory_valuation.planning.draws import gamma_draws, gamma_scales, in_whole_units, uniforms
from inventory_valuation.planning.levels import expected_unsold, newsvendor_level
from inventory_valuation.planning.positions import (
    KEYS,
    Positions,
    history_of,
    horizon_of,
    positions_at,
    unit_costs,
    window_demand,
    window_of,
)
from inventory_valuation.planning.simulation import (
    Outcome,
    Prices,
    ReorderEnvironment,
    Scene,
    filling_up,
    played,
)

Array = NDArray[np.float64]

_PATHS = 32
_CHUNK = 1024
_SCALE, _SIZE, _CHANCE, _START, _DELIVERY = range(1, 6)


class Levels(NamedTuple):
    """Reorder point (below 0: never) and the level to fill up to, by position, as of the date."""

    point: Array
    level: Array


def newsvendor(positions: Positions) -> Levels:
    """Fill up at each review to the level at which the next unit is worth no more than waiting."""
    window, costs = window_of(positions), unit_costs(positions)
    by_cost = newsvendor_level(window, horizon_of(positions), costs)
    asked = ~np.isnan(positions.service_level)
    wanted = demand_quantile(np.where(asked, positions.service_level, 0.5), *window)
    level = np.where(asked & (positions.margin > 0), wanted, by_cost)
    return always_up_to(positions, level)


def always_up_to(positions: Positions, level: Array) -> Levels:
    """Fill up to a level, in whole units where units are whole, whenever anything is missing."""
    level = np.where(positions.is_whole, np.round(level), level)
    return Levels(np.where(level > 0, level - np.where(positions.is_whole, 1.0, 0.0), -1.0), level)


def sampled_scene(positions: Positions, paths: int) -> tuple[Scene, Array]:
    """Demand and deliveries as they may come over the horizon.

    Args:
        positions: all of one horizon.
        paths: how many paths for each.

    Returns:
        The scene, and the units that each path asks for over as long a time after it, paths by positions.
    """
    weeks, keys = int(positions.horizon.max(initial=1)), positions.keys
    scales = gamma_scales(keys, _SCALE, paths, positions.variation)
    means = positions.weekly[:weeks, None, :] * scales
    shape = (weeks, paths)
    demand = gamma_draws(means, positions.dispersion, uniforms(keys, _SIZE, shape), uniforms(keys, _CHANCE, shape))
    demand = in_whole_units(demand, positions.is_whole, uniforms(keys, _START, (paths,)))
    spread = np.sqrt(12) * (uniforms(keys, _DELIVERY, shape) - 0.5)
    lead = np.round(np.maximum(positions.lead + positions.lead_spread * spread, 0)).astype(int)
    return scene_of(positions, demand, lead), scales * positions.weekly[weeks : 2 * weeks].sum(axis=0)


def scene_of(positions: Positions, demand: Array, lead: NDArray[np.int64]) -> Scene:
    """Demand and deliveries, with the stock and orders that there are at the start."""
    weeks = len(demand)
    arrivals = np.zeros((weeks, demand.shape[2]))
    arrivals[np.minimum(positions.on_order_weeks, weeks - 1), np.arange(demand.shape[2])] = positions.on_order
    reviewed = np.arange(weeks)[:, None] % positions.review == 0
    return Scene(demand, lead, positions.on_hand, arrivals, reviewed)


def prices_of(positions: Positions) -> Prices:
    """What holding, lost demand and orders cost."""
    return Prices(positions.held, positions.margin, positions.order_cost)


def over_time(positions: Positions, levels: Levels, weeks: int) -> Levels:
    """Levels of each week, which move with the demand that is expected from there on, weeks by positions."""
    window = window_demand(positions)[:weeks]
    moved = np.divide(window, window[0], out=np.zeros_like(window), where=window[0] > 0)
    return Levels(np.where(levels.point >= 0, moved * levels.point, -1.0), moved * levels.level)


class Expected(NamedTuple):
    """What a policy is expected to bring over the horizon, by position.

    Attributes:
        fill_rate: share of demand served; NaN without demand.
        stock: units on hand at the end of a week, on average.
        holding: money of holding.
        lost_margin: money lost with demand that is not served.
        ordering: money of orders.
        write_down: money lost with units that stay unsold after another horizon.
    """

    fill_rate: Array
    stock: Array
    holding: Array
    lost_margin: Array
    ordering: Array
    write_down: Array


def expected_of(positions: Positions, outcome: Outcome, weeks: int, later: Array) -> Expected:
    """Averages over the paths of an outcome."""
    demand, sold, left = (units.mean(axis=0) for units in (outcome.demand, outcome.sold, outcome.left))
    holding, lost = positions.held * left, positions.margin * (demand - sold)
    unsold = np.maximum(outcome.stock - later, 0).mean(axis=0)
    return Expected(
        np.divide(sold, demand, out=np.full_like(demand, np.nan), where=demand > 0),
        left / weeks,
        holding,
        lost,
        outcome.cost.mean(axis=0) - holding - lost,
        positions.unsold_loss * unsold,
    )


def simulated(positions: Positions, policies: dict[str, Levels]) -> dict[str, Expected]:
    """Play every policy on the same sampled paths.

    Args:
        positions: at one date.
        policies: levels of each by its name.
    """
    results = {name: np.empty((len(Expected._fields), len(positions.keys))) for name in policies}
    for horizon in np.unique(positions.horizon):
        places = np.flatnonzero(positions.horizon == horizon)
        for start in range(0, len(places), _CHUNK):
            chosen = places[start : start + _CHUNK]
            few = positions.taken(chosen)
            scene, later = sampled_scene(few, _PATHS)
            environment = ReorderEnvironment(scene, prices_of(few))
            for name, levels in policies.items():
                moved = over_time(few, Levels(levels.point[chosen], levels.level[chosen]), int(horizon))
                outcome = played(environment, filling_up(*moved, few.is_whole))
                results[name][:, chosen] = expected_of(few, outcome, int(horizon), later)
    return {name: Expected(*values) for name, values in results.items()}


def order_now(positions: Positions, levels: Levels) -> Array:
    """What to order today, in whole units where units are whole."""
    stock = positions.on_hand + positions.on_order
    missing = np.where(stock <= levels.point + 1e-9, np.maximum(levels.level - stock, 0.0), 0.0)
    return np.where(positions.is_whole, np.ceil(np.maximum(missing - 1e-6, 0.0)), missing)


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
    date = newest["valuation_date"][0]
    now = positions_at(
        newest, months.filter(pa.compute.equal(months["valuation_date"], date)), history_of(weeks, newest)
    )
    plans = {"newsvendor": newsvendor(now)}
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
