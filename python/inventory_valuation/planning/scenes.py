"""Demand and deliveries as they may come, and what a policy is expected to bring among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inventory_valuation.planning.draws import gamma_draws, gamma_scales, in_whole_units, uniforms
from inventory_valuation.planning.ordering import Levels
from inventory_valuation.planning.positions import Positions, window_demand
from inventory_valuation.planning.simulation import (
    Outcome,
    Prices,
    ReorderEnvironment,
    Scene,
    filling_up,
    played,
)

Array = NDArray[np.float64]

_PATHS = 20
_CHUNK = 1024
_SCALE, _SIZE, _CHANCE, _START, _DELIVERY = range(1, 6)


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
    lead = lead_weeks(positions, shape)
    return scene_of(positions, demand, lead), scales * positions.weekly[weeks : 2 * weeks].sum(axis=0)


def lead_weeks(positions: Positions, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """How many weeks an order takes, around the mean and with the spread that was measured.

    Args:
        positions: at one date.
        shape: weeks by paths.
    """
    spread = np.sqrt(12) * (uniforms(positions.keys, _DELIVERY, shape) - 0.5)
    return np.round(np.maximum(positions.lead + positions.lead_spread * spread, 0)).astype(int)


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


def simulated(positions: Positions, policies: Mapping[str, Levels]) -> dict[str, Expected]:
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
                outcome = played(environment, filling_up(*moved, few.lots()))
                results[name][:, chosen] = expected_of(few, outcome, int(horizon), later)
    return {name: Expected(*values) for name, values in results.items()}
