"""Stock over the weeks to come: what arrives, what is asked for, what is ordered, and what that costs.

One simulator for all uses: demand paths that are sampled, demand as it was, and the rules of a competition. Its
interface is that of gymnasium's environments (Towers et al., 2024), for all positions and paths at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Space(NamedTuple):
    """What an action or an observation may be: a box of real numbers."""

    low: float
    high: float
    shape: tuple[int, ...]
    dtype: type = np.float64


class Scene(NamedTuple):
    """What orders have no say in. Weeks come first, then paths, then positions.

    Attributes:
        demand: units asked for, weeks by paths by positions.
        lead_weeks: weeks until an order of the week is there, 0 or more, whole; in the shape of the demand.
        on_hand: units at the start, by position.
        arrivals: units of earlier orders by the week of their arrival, weeks by positions.
        may_order: whether a position may be ordered in a week, weeks by positions.
    """

    demand: Array
    lead_weeks: NDArray[np.int64]
    on_hand: Array
    arrivals: Array
    may_order: NDArray[np.bool_]


class Prices(NamedTuple):
    """What things cost in money, by position.

    Attributes:
        held: a unit left at the end of a week.
        short: a unit asked for and not there.
        order: an order, whatever its size.
    """

    held: Array
    short: Array
    order: Array


class ReorderEnvironment:
    """Stock that is reordered week by week; what is asked for and not there is lost.

    An observation is what is on hand and what is on order, by path and position, at the start of a week after that
    week's arrivals. An action is how many units of each to order. The reward is what the week cost, below 0.
    """

    def __init__(self, scene: Scene, prices: Prices) -> None:
        self.scene, self.prices = scene, prices
        self.weeks, paths, positions = scene.demand.shape
        self.observation_space = Space(0.0, np.inf, (2, paths, positions))
        self.action_space = Space(0.0, np.inf, (paths, positions))
        self._places = np.indices((paths, positions))

    def reset(self) -> tuple[Array, dict[str, Array]]:
        """Go back to the start.

        Returns:
            The first observation, and nothing to know about it.
        """
        shape = self.action_space.shape
        horizon = self.weeks + int(self.scene.lead_weeks.max(initial=0)) + 1
        self._arriving = np.zeros((horizon, *shape))
        known = min(len(self.scene.arrivals), horizon)
        self._arriving[:known] = self.scene.arrivals[:known, None, :]
        self._on_hand = np.tile(self.scene.on_hand, (shape[0], 1))
        self._on_order = self._arriving.sum(axis=0)
        self.week = 0
        self._receive()
        return self._observation(), {}

    def step(self, action: Array) -> tuple[Array, Array, bool, bool, dict[str, Array]]:
        """Order, and let a week pass.

        Args:
            action: units of each, paths by positions; where nothing may be ordered they don't count.

        Returns:
            The next observation; the reward; whether there is no next week, by the end of the weeks (truncated, the
            stock goes on); and what the week's demand was, how much of it was sold, and what was left.
        """
        ordered = np.where(self.scene.may_order[self.week], action, 0.0)
        self._arriving[self.week + self.scene.lead_weeks[self.week], *self._places] += ordered
        self._on_order = self._on_order + ordered
        at_once = np.where(self.scene.lead_weeks[self.week] == 0, ordered, 0.0)
        self._on_hand, self._on_order = self._on_hand + at_once, self._on_order - at_once
        demand = self.scene.demand[self.week]
        sold = np.minimum(demand, self._on_hand)
        self._on_hand = self._on_hand - sold
        costs = (
            self.prices.held * self._on_hand + self.prices.short * (demand - sold) + self.prices.order * (ordered > 0)
        )
        told = {"demand": demand, "sold": sold, "left": self._on_hand, "ordered": ordered}
        self.week += 1
        self._receive()
        return self._observation(), -costs, False, self.week == self.weeks, told

    def _receive(self) -> None:
        arrived = self._arriving[self.week]
        self._on_hand, self._on_order = self._on_hand + arrived, self._on_order - arrived

    def _observation(self) -> Array:
        return np.stack([self._on_hand, self._on_order])


Policy = Callable[[int, Array], Array]  # week and observation to orders, paths by positions


class Outcome(NamedTuple):
    """What came of a policy, by path and position: sums over the weeks, and stock at their end with what is on order.

    Attributes:
        cost: money of holding, of lost margins and of orders.
        demand: units asked for.
        sold: units sold.
        left: units left at the end of each week, summed.
        bought: units ordered.
        stock: units at the end, on hand and on order.
    """

    cost: Array
    demand: Array
    sold: Array
    left: Array
    bought: Array
    stock: Array


def played(environment: ReorderEnvironment, policy: Policy) -> Outcome:
    """Let a policy order from the first week to the last."""
    observation, _ = environment.reset()
    sums = dict.fromkeys(("cost", "demand", "sold", "left", "ordered"), 0.0)
    is_over = False
    while not is_over:
        observation, reward, _, is_over, told = environment.step(policy(environment.week, observation))
        for name, value in ({"cost": -reward} | told).items():
            sums[name] = sums[name] + value
    return Outcome(*(np.asarray(total) for total in sums.values()), stock=observation.sum(axis=0))


class Lots(NamedTuple):
    """In what quantities a position can be ordered.

    Attributes:
        multiple: units of a pack, of which whole ones are ordered; 0: any quantity.
        minimum: the least order.
    """

    multiple: Array
    minimum: Array

    def rounded_up(self, quantity: Array) -> Array:
        """The least order that holds a quantity; none of none."""
        least = np.where(quantity > 1e-6, np.maximum(quantity, self.minimum), 0.0)
        packs = np.ceil(np.maximum(least / np.where(self.multiple > 0, self.multiple, 1.0) - 1e-6, 0.0))
        return np.where(self.multiple > 0, packs * self.multiple, least)


def filling_up(point: Array, level: Array, lots: Lots) -> Policy:
    """Order up to a level once stock and orders are at the reorder point or below it.

    Args:
        point: reorder point of each week, weeks by positions, or by paths in between.
        level: the level to fill up to, in the same shape.
        lots: in what quantities positions can be ordered.

    >>> policy = filling_up(np.array([[4.0]]), np.array([[9.5]]), Lots(np.array([4.0]), np.array([1.0])))
    >>> policy(0, np.array([[[4.0]], [[0.0]]])).tolist(), policy(0, np.array([[[4.0]], [[1.0]]])).tolist()
    ([[8.0]], [[0.0]])
    """

    def orders(week: int, observation: Array) -> Array:
        stock = observation.sum(axis=0)
        return lots.rounded_up(np.where(stock <= point[week] + 1e-9, np.maximum(level[week] - stock, 0.0), 0.0))

    return orders
