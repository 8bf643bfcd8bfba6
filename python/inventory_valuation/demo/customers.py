"""Who orders what on a day at a price, and what of it comes back.

Every draw belongs to a position, a day and the number of the line within them, and depends on nothing else. So a
lower price adds lines to the same day and leaves the others as they were: two price policies are compared on the
same luck (common random numbers), and a day can be drawn again without the days before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inventory_valuation.demo.catalogue import SEGMENT_DISCOUNTS, Catalogue
from inventory_valuation.demo.demand import World
from inventory_valuation.demo.knobs import Knobs, stream
from inventory_valuation.demo.supply import Supply

DAY_OF_WEEK = np.array([1.1, 1.12, 1.1, 1.08, 1.15, 0.85, 0.6])
MOST_LINES = 500
CHEAPEST, DEAREST = 0.1, 5.0  # asked over going price: beyond these nobody notices
LEAST_DRAWN, MOST_DRAWN = 0.05, 7.0
SIZE, BUYER, ANCHOR, NEWCOMER, BARGAIN, RETURN, PART, DELAY, SCRAP = range(9)


@dataclass(frozen=True)
class Market:
    """What decides about orders, apart from the company's price and stock."""

    knobs: Knobs
    catalogue: Catalogue
    world: World
    supply: Supply


@dataclass(frozen=True)
class Lines:
    """Order lines of one day, sorted by position; `number` counts a position's lines of the day from 0."""

    day: int
    position: np.ndarray
    number: np.ndarray

    def __len__(self) -> int:
        return len(self.position)

    def some(self, kept: np.ndarray) -> Lines:
        """Only these lines, by mask or number."""
        return Lines(self.day, self.position[kept], self.number[kept])


def weekly_wish(market: Market, week: int) -> np.ndarray:
    """Units a day that customers want of each position at the going price, this week."""
    positions = market.catalogue.positions
    restless = stream(market.knobs, f"wishes of week {week}").gamma(5, 0.2, len(positions))
    return market.world.units[positions.item, week] * positions.share * restless


def going_price(market: Market, week: int) -> np.ndarray:
    """What each item goes for in the market, with the competitor where customers heed him."""
    items, world = market.catalogue.items, market.world
    heeded = np.where(world.is_contested, world.competitor[:, week] ** 0.85, 1.0)
    return items.unit_cost / (1 - items.margin) * world.market_price[:, week] * heeded


def lines_asked(market: Market, wish: np.ndarray, relative_price: np.ndarray, day: int) -> tuple[Lines, np.ndarray]:
    """Order lines of a day and the units that each asks for.

    Args:
        market: the truth.
        wish: `weekly_wish` of the day's week; zero for positions that are of no interest.
        relative_price: price asked over going price, by position.
        day: number of the day.

    Returns:
        The lines, and units by line. Both only grow as the price falls.
    """
    positions = market.catalogue.positions
    elasticity = market.catalogue.items.elasticity[positions.item]
    drawn = np.clip(np.clip(relative_price, CHEAPEST, DEAREST) ** -elasticity, LEAST_DRAWN, MOST_DRAWN)
    mean = wish * drawn * DAY_OF_WEEK[day % 7] / positions.units_per_line
    count = poisson_of(stream(market.knobs, f"lines of day {day}").random(len(positions)), mean)
    asking = np.flatnonzero(count)
    count = count[asking]
    position = np.repeat(asking, count)
    number = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    lines = Lines(day, position, number)
    lot = np.maximum(positions.units_per_line[position] - 1, 1e-9)
    # Geometric around the mean lot: many small orders, some large.
    more = np.log1p(-luck(market.knobs, lines, SIZE)) / np.log(lot / (1 + lot))
    return lines, 1 + more.astype(np.int64)


def buyers_and_discounts(market: Market, lines: Lines) -> tuple[np.ndarray, np.ndarray]:
    """Who orders each line, -1 for a passer-by in a store, and the discount of the contract."""
    catalogue, world, knobs = market.catalogue, market.world, market.knobs
    customers, items = catalogue.customers, catalogue.items
    item = catalogue.positions.item[lines.position]
    shares = np.cumsum(customers.weight)
    customer = np.searchsorted(shares, luck(knobs, lines, BUYER) * shares[-1])
    customer = np.where(luck(knobs, lines, ANCHOR) < items.anchor_share[item], items.anchor[item], customer)
    # Whoever has left is replaced by some small business.
    gone = world.account_lost[customer] <= lines.day // 7
    n = len(customers.segment)
    small = n // 2 + (luck(knobs, lines, NEWCOMER) * (n - n // 2)).astype(int)
    customer = np.where(gone, small, customer)
    customer = np.where(catalogue.positions.source[lines.position] != lines.position, -1, customer)
    usual = np.where(customer >= 0, SEGMENT_DISCOUNTS[customers.segment[customer]], 0.0)
    return customer, usual * (0.8 + 0.4 * luck(knobs, lines, BARGAIN))


def returns_of(market: Market, lines: Lines, shipped: np.ndarray) -> tuple[np.ndarray, ...]:
    """What comes back of shipped lines: which lines, units, the day, and whether it is scrap."""
    knobs, items = market.knobs, market.catalogue.items
    item = market.catalogue.positions.item[lines.position]
    rate = np.array([one.return_rate for one in knobs.categories])[items.category[item]]
    rate = rate + 0.8 * market.supply.defect_rate[items.supplier[item], lines.day // 7]
    back = np.flatnonzero(luck(knobs, lines, RETURN) < rate)
    lines = lines.some(back)
    units = np.ceil(shipped[back] * luck(knobs, lines, PART)).astype(np.int64)
    due = lines.day + 3 - (13.5 * np.log1p(-luck(knobs, lines, DELAY))).astype(int)
    return back, np.maximum(units, 1), due, luck(knobs, lines, SCRAP) < knobs.return_scrap_share


def granted(want: np.ndarray, source: np.ndarray, there: np.ndarray) -> np.ndarray:
    """What each of several requests gets, first come first served.

    Args:
        want: units asked for.
        source: whom each request asks, sorted.
        there: units that the source of each request has.
    """
    if not len(want):
        return want
    before = np.cumsum(want) - want
    starts = np.flatnonzero(np.append(True, source[1:] != source[:-1]))
    before -= np.repeat(before[starts], np.diff(np.append(starts, len(source))))
    return np.clip(there - before, 0, want)


def luck(knobs: Knobs, lines: Lines, purpose: int) -> np.ndarray:
    """A number in [0, 1) for each line and purpose, the same whatever the other lines are (SplitMix64)."""
    with np.errstate(over="ignore"):
        word = lines.position.astype(np.uint64) << np.uint64(32)
        word ^= lines.number.astype(np.uint64) << np.uint64(20)
        word = _mixed(word ^ np.uint64(lines.day) ^ _mixed(np.uint64([knobs.seed * 16 + purpose])))
    return (word >> np.uint64(11)) * 2.0**-53


def _mixed(word: np.ndarray) -> np.ndarray:
    word = word + np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def poisson_of(uniform: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Poisson quantiles: the least count whose distribution function exceeds the uniform; grows with the mean."""
    mean = np.minimum(mean, MOST_LINES)
    chance = np.exp(-mean)
    count = np.zeros(len(mean), np.int64)
    here = np.flatnonzero(uniform >= chance)
    left, mean, chance = uniform[here] - chance[here], mean[here], chance[here]
    step = 0
    while len(here):
        step += 1
        count[here] = step
        chance = chance * mean / step
        # Beyond the precision of the numbers nothing more is added.
        on = (left >= chance) & (chance > 0) & (step < 4 * MOST_LINES)
        here, left, mean, chance = here[on], left[on] - chance[on], mean[on], chance[on]
    return count
