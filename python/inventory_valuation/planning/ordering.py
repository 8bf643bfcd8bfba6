"""The ways of ordering that are compared, from the simplest on: each gives a reorder point and a level by position."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from inventory_valuation.forecasting.distributions import demand_quantile
from inventory_valuation.planning.levels import (
    Demand,
    economic_order_quantity,
    exact_levels,
    expected_unsold,
    newsvendor_level,
)
from inventory_valuation.planning.positions import Positions, horizon_of, review_of, unit_costs, window_of

Array = NDArray[np.float64]

# From the simplest on: which one is followed is decided in this order.
POLICIES = ("newsvendor", "tuned_quantile", "exact_levels", "learned")

_FIRST_WEIGHTS = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, -2.0)
_FEWEST, _MOST = -1.5, 4.0  # standard deviations of safety


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
    return _always(positions, np.where(asked & (positions.margin > 0), wanted, by_cost))


def tuned_quantile(positions: Positions, factors: Array) -> Levels:
    """Fill up at each review to what is expected, and a factor times the root of what chance adds to it.

    Args:
        positions: at one date.
        factors: φ of each position, learned on the past.
    """
    window = window_of(positions)
    level = window.mean + factors * np.sqrt(positions.dispersion * window.mean)
    return _always(positions, np.where(positions.margin > 0, np.maximum(level, 0.0), 0.0))


def exact(positions: Positions) -> Levels:
    """The reorder point and level that cost least in the long run, orders included."""
    found = exact_levels(
        window_of(positions), review_of(positions), horizon_of(positions), unit_costs(positions), positions.order_cost
    )
    point, level = np.where(positions.is_whole, np.round(found), found)
    point = np.minimum(point, level - _steps_below(_lot(positions)))
    return Levels(np.where(level > 0, point, -1.0), level)


class Seen(NamedTuple):
    """What the learned policy sees of each position.

    Attributes:
        features: as many numbers as its weights but the last, by position.
        window: expected demand over lead time and review.
        spread: its standard deviation.
        gap: the economic order quantity.
        is_worth: whether a unit is worth its cost.
        lot: the least order, above 0 where there is one.
        is_whole: whether units are whole.
    """

    features: Array
    window: Array
    spread: Array
    gap: Array
    is_worth: NDArray[np.bool_]
    lot: Array
    is_whole: NDArray[np.bool_]


def seen(positions: Positions) -> Seen:
    """What the learned policy sees: the ratio of costs, how uncertain and large demand is, what may stay unsold."""
    window, horizon = window_of(positions), horizon_of(positions)
    held = positions.held * positions.review
    ratio = np.clip(positions.margin / np.maximum(positions.margin + held, 1e-12), 0.01, 0.999)
    spread = window.mean * np.sqrt(window.variation)
    left = expected_unsold(window.mean + spread, Demand(np.maximum(horizon.mean, 1e-6), horizon.variation))
    at_risk = left / np.maximum(window.mean + spread, 1e-9)
    features = (
        np.ones_like(ratio),
        ndtri(ratio),
        np.log1p(window.variation),
        np.log1p(window.mean),
        at_risk,
        at_risk * np.minimum(positions.unsold_loss / np.maximum(positions.margin, 1e-9), 20.0),
    )
    gap = economic_order_quantity(positions.order_cost, review_of(positions).mean, np.maximum(held, 1e-9))
    gap = np.minimum(gap, 12 * window.mean)
    worth = positions.margin > 0
    return Seen(np.stack(features), window.mean, spread, gap, worth, _lot(positions), positions.is_whole)


def learned(known: Seen, weights: Array) -> Levels:
    """A level and a gap below it, read from what is seen of a position by weights that were searched for."""
    # One after the other: a product of matrices may add up in another order with other threads.
    safety = sum(weight * feature for weight, feature in zip(weights, known.features, strict=False))
    level = np.maximum(known.window + np.clip(safety, _FEWEST, _MOST) * known.spread, 0.0)
    level = np.where(known.is_worth, np.where(known.is_whole, np.round(level), level), 0.0)
    point = np.maximum(level - known.gap * np.exp(np.clip(weights[-1], -5, 1)), 0.0)
    return Levels(np.where(level > 0, np.minimum(point, level - _steps_below(known.lot)), -1.0), level)


def first_weights() -> Array:
    """Weights from which the search starts: safety as the ratio of costs says, and hardly a gap."""
    return np.array(_FIRST_WEIGHTS)


def _always(positions: Positions, level: Array) -> Levels:
    """Fill up to a level, in whole units where units are whole, whenever anything is missing."""
    level = np.where(positions.is_whole, np.round(level), level)
    return Levels(np.where(level > 0, level - _steps_below(_lot(positions)), -1.0), level)


def _lot(positions: Positions) -> Array:
    """The least order of a position; 0 where any quantity can be ordered."""
    return np.maximum(positions.multiple, positions.minimum)


def _steps_below(lot: Array) -> Array:
    """How far below a level an order is due: one unit, or half a lot, which overshoots by as much."""
    return np.where(lot > 1, lot / 2, lot)
