"""How far to fill up a stock: the levels of the textbook, for all positions at once.

A level counts what is on hand and on order. A unit that raises it costs holding until it is asked for, and may stay
unsold to the end; a unit too few loses its margin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc

from inventory_valuation.forecasting.distributions import LEAST, LEAST_VARIATION, demand_quantile, expected_sales

Vector = NDArray[np.float64]

_HALVINGS = 40
_STEPS = 48
_FAR = 0.999


class Demand(NamedTuple):
    """Gamma distributions of demand, one for each position: units expected, and variance over their square."""

    mean: Vector
    variation: Vector


class UnitCosts(NamedTuple):
    """What a unit costs over one review, for each position, in money.

    Attributes:
        short: a unit asked for and not there.
        held: a unit left at the end of the review.
        unsold: a unit that is still unsold at the end of the horizon.
    """

    short: Vector
    held: Vector
    unsold: Vector


def probability_below(level: ArrayLike, demand: Demand) -> Vector:
    """How likely demand is less than a level.

    >>> probability_below([10.0], Demand(np.array([10.0]), np.array([1.0]))).round(3).tolist()  # 1 - 1 / e
    [0.632]
    """
    variation = np.maximum(demand.variation, LEAST_VARIATION)
    known = np.where(demand.mean >= LEAST, demand.mean, 1.0)
    return np.where(demand.mean >= LEAST, gammainc(1 / variation, level / (known * variation)), 1.0)


def newsvendor_level(window: Demand, horizon: Demand, costs: UnitCosts) -> Vector:
    """Fill up as long as the next unit is worth more now than at the next review.

    A unit is worth the margin that it saves if demand until the next delivery passes the level. It costs holding if it
    does not, and its write-down if demand over the whole horizon does not.

    Args:
        window: demand over lead time and review.
        horizon: demand over the horizon.
        costs: of a unit.

    Returns:
        Units; 0 where the first unit is not worth it.

    Source:
        The newsvendor's critical ratio (Arrow, Harris and Marschak, 1951) with one term more, the write-down.

    >>> one = np.ones(1)
    >>> exponential, endless = Demand(10 * one, one), Demand(1e9 * one, one)
    >>> newsvendor_level(exponential, endless, UnitCosts(9 * one, one, one)).round(2).tolist()  # 10 ln 10
    [23.03]
    >>> newsvendor_level(exponential, exponential, UnitCosts(9 * one, one, one)).round(2).tolist()
    [17.05]
    """
    low = np.zeros_like(window.mean)
    high = demand_quantile(_FAR, *window)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = probability_below(middle, window)
        gain = costs.short * (1 - below) - costs.held * below - costs.unsold * probability_below(middle, horizon)
        low, high = np.where(gain > 0, middle, low), np.where(gain > 0, high, middle)
    return np.where(costs.short > 0, low, 0.0)


def expected_unsold(level: ArrayLike, demand: Demand) -> Vector:
    """Units of a stock that demand does not reach: E[(level - demand)+].

    >>> expected_unsold([10.0], Demand(np.array([10.0]), np.array([1.0]))).round(3).tolist()
    [3.679]
    """
    return np.asarray(level, np.float64) - expected_sales(level, *demand)


def economic_order_quantity(order_cost: ArrayLike, demand: ArrayLike, held: ArrayLike) -> Vector:
    """The quantity at which ordering and holding cost the same (Harris, 1913).

    Args:
        order_cost: money of an order.
        demand: units of a period.
        held: money of a unit held for a period.

    >>> economic_order_quantity(8, 1300, 0.225).round().item()  # Snyder and Shen (2019), example 3.1
    304.0
    """
    order_cost, demand, held = (np.asarray(values, np.float64) for values in (order_cost, demand, held))
    return np.sqrt(2 * order_cost * demand / held)


def best_levels(costs: Vector, probabilities: Vector, order_cost: Vector) -> tuple[NDArray[np.int64], ...]:
    """The reorder point and the level to fill up to that cost least in the long run, of all pairs on a grid.

    Args:
        costs: positions by levels, what a review costs that begins with a level.
        probabilities: positions by steps, that demand in a review is 0, 1, … steps of the grid.
        order_cost: money of an order, one for each position.

    Returns:
        The place of the reorder point (-1: below the grid) and of the level, and what a review costs on average.

    Source:
        Cost of a renewal cycle over its length: Veinott and Wagner (1965); Zheng and Federgruen (1991).
    """
    positions, levels = costs.shape
    chance = np.maximum(1 - probabilities[:, 0], 1e-12)
    visits = np.zeros((positions, levels))
    visits[:, 0] = 1 / chance
    cycle_cost, cycle_length = np.tile(order_cost[:, None], (1, levels)).astype(float), np.zeros(positions)
    best, point, level = np.full(positions, np.inf), np.zeros(positions, int), np.zeros(positions, int)
    for steps in range(1, levels + 1):
        if 1 < steps <= levels:
            back = min(steps - 1, probabilities.shape[1] - 1)
            asked, before = probabilities[:, 1 : back + 1], visits[:, steps - 1 - back : steps - 1]
            visits[:, steps - 1] = (asked * before[:, ::-1]).sum(axis=1) / chance
        weight = visits[:, steps - 1 : steps]
        # Of a level above the lowest the cycle has gone down one step further.
        cycle_cost[:, steps - 1 :] += weight * costs[:, : levels - steps + 1]
        cycle_length = cycle_length + weight[:, 0]
        average = cycle_cost[:, steps - 1 :] / cycle_length[:, None]
        place = average.argmin(axis=1)
        least = average[np.arange(positions), place]
        better = least < best - 1e-12
        best = np.where(better, least, best)
        level = np.where(better, place + steps - 1, level)
        point = np.where(better, place - 1, point)
    return point, level, best


def exact_levels(window: Demand, review: Demand, horizon: Demand, costs: UnitCosts, order_cost: Vector) -> Vector:
    """The best reorder point and level, on a grid that reaches past what demand in the window may be.

    Args:
        window: demand over lead time and review.
        review: demand of one review.
        horizon: demand over the horizon.
        costs: of a unit.
        order_cost: money of an order.

    Returns:
        Reorder points (below 0: never) and levels, two by positions.
    """
    gap = economic_order_quantity(order_cost, review.mean, np.maximum(costs.held, 1e-9))
    largest = demand_quantile(_FAR, *window) + np.minimum(gap, 12 * window.mean)
    step = np.maximum(largest / _STEPS, 1e-9)
    grid = np.arange(_STEPS + 1)[None, :] * step[:, None]
    short, held, unsold = (cost[:, None] for cost in costs)
    columns = [Demand(demand.mean[:, None], demand.variation[:, None]) for demand in (window, review, horizon)]
    left = expected_unsold(grid, columns[0])
    review_costs = held * left + short * (columns[0].mean - grid + left) + unsold * expected_unsold(grid, columns[2])
    shares = probability_below(grid + step[:, None] / 2, columns[1])
    point, level, _ = best_levels(review_costs, np.diff(shares, axis=1, prepend=0.0), order_cost)
    point = np.where(level > 0, np.maximum(point, 0), -1)
    return np.where(costs.short > 0, np.stack([point * step, level * step]), np.array([[-1.0], [0.0]]))
