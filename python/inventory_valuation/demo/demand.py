"""What the world wants to buy, week by week, before anyone asks whether it is in stock or what it costs.

Lives with launches and ends, seasons, collapses out of the blue, the end of a platform, the loss of a key
account, competitors' price cuts. None of it knows of stock, cost or loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inventory_valuation.demo.calendar import Calendar
from inventory_valuation.demo.catalogue import Catalogue, Items
from inventory_valuation.demo.knobs import Knobs, stream

CAUSES = ("successor", "fading", "collapse", "platform", "lost customer")
WEATHER_NOUNS = {"Outdoor Speaker": 0.35, "Desk Fan": 0.9, "Action Camera": 0.25, "Thermostat": -0.3}
REGIONS = ("Canada", "Europe", "US East", "US West")


@dataclass(frozen=True)
class World:
    """The market, by week; items by row, weeks by column where both matter.

    Attributes:
        units: units a day that the company's customers want of each item at the market's price.
        plateau: the same in an ordinary week of its best time: what a plan can aim at.
        interest: log of the public's interest, which moves demand.
        market_price: each item's going price relative to its first list price.
        competitor: the nearest competitor's price relative to the going price before he cut it.
        is_followed: items whose search volume runs ahead of their demand.
        is_contested: items whose demand heeds the competitor.
        season: factor by category and week.
        temperature: anomaly in degrees by region and week.
        confidence: consumers' confidence by week, around 100.
        account_lost: week in which each customer leaves; far off for those who stay.
        doomed_week: week in which each item's demand starts to end; far off for those that live on.
        doomed_cause: why, a place in `CAUSES`; -1 for those that live on.
        severity: share of the demand that the doom takes.
    """

    units: np.ndarray
    plateau: np.ndarray
    interest: np.ndarray
    market_price: np.ndarray
    competitor: np.ndarray
    is_followed: np.ndarray
    is_contested: np.ndarray
    season: np.ndarray
    temperature: np.ndarray
    confidence: np.ndarray
    account_lost: np.ndarray
    doomed_week: np.ndarray
    doomed_cause: np.ndarray
    severity: np.ndarray


NEVER = 10_000


def world_of(knobs: Knobs, calendar: Calendar, catalogue: Catalogue) -> World:
    """Draw the market in which the company trades."""
    random = stream(knobs, "demand")
    items = catalogue.items
    n, weeks = len(items), calendar.weeks
    week = np.arange(weeks, dtype=np.float32)
    is_followed = random.random(n) < knobs.followed_share
    is_contested = random.random(n) < knobs.contested_share
    account_lost = _accounts_lost(knobs, calendar, catalogue)
    doomed_week, cause, severity, pace = _dooms(knobs, random, calendar, catalogue, account_lost)
    interest = _interest(random, n, weeks)
    competitor = _competitor_prices(knobs, random, n, weeks)
    erosion = np.array([one.yearly_erosion for one in knobs.categories])[items.category]
    erosion = (erosion * random.lognormal(-0.02, 0.25, n)).astype(np.float32)
    since_launch = week - items.launch_week[:, None].astype(np.float32)
    market_price = np.exp(-erosion[:, None] / 52 * np.maximum(since_launch, 0))
    fall = 1 - np.exp(-np.maximum(week - doomed_week[:, None], 0) / pace[:, None].astype(np.float32))
    # What few want any more is sold off by others too.
    market_price *= 1 - random.uniform(*knobs.sold_off, n).astype(np.float32)[:, None] * fall
    season = season_of(knobs, calendar)
    temperature = _walks(random, len(REGIONS), weeks, 0.75, 2.2)
    confidence = 100 + _walks(random, 1, weeks, 0.97, 0.9)[0]

    level = np.array([one.yearly_cost_of_sales / 365 for one in knobs.categories])[items.category]
    level *= knobs.demand_level * items.popularity / items.unit_cost
    # One lot of numbers serves every scale: a company of fewer items is a smaller company.
    log_units = np.log(level, dtype=np.float32)[:, None] + interest
    log_units += _life(random, items, since_launch)
    log_units += np.log1p(-severity.astype(np.float32)[:, None] * fall + 1e-4)
    log_units += np.log(season)[items.category] * random.lognormal(-0.03, 0.3, n)[:, None].astype(np.float32)
    log_units += _weather_effect(knobs, items, temperature)
    log_units += (knobs.confidence_effect * (confidence - 100) / 100).astype(np.float32)
    units = np.exp(log_units) * (since_launch >= 0)
    return World(
        units=units.astype(np.float32),
        plateau=level,
        interest=interest,
        market_price=market_price.astype(np.float32),
        competitor=competitor,
        is_followed=is_followed,
        is_contested=is_contested,
        season=season,
        temperature=temperature,
        confidence=confidence,
        account_lost=account_lost,
        doomed_week=doomed_week,
        doomed_cause=cause,
        severity=severity,
    )


def season_of(knobs: Knobs, calendar: Calendar) -> np.ndarray:
    """Seasonal factor by category and week: the holidays, back to school, the quiet first quarter."""
    day = calendar.day_of_year(np.arange(calendar.weeks) * 7 + 3)
    holidays = np.exp(-(((day - 338) / 18.0) ** 2))
    school = np.exp(-(((day - 225) / 17.0) ** 2))
    quiet = np.exp(-(((day - 45) / 28.0) ** 2))
    lift = np.array([one.holiday_lift for one in knobs.categories])[:, None]
    school_lift = np.array([one.school_lift for one in knobs.categories])[:, None]
    return (1 + lift * holidays + school_lift * school - 0.14 * quiet).astype(np.float32)


def _life(random: np.random.Generator, items: Items, since_launch: np.ndarray) -> np.ndarray:
    """Log of the curve from launch over a maturity that slowly tires; the end comes with the doom."""
    n = len(since_launch)
    ramp = random.uniform(2, 10, n).astype(np.float32)[:, None]
    tiring = random.lognormal(np.log(0.12), 0.7, n).astype(np.float32)[:, None]
    novelty = random.uniform(0, 0.9, n).astype(np.float32)[:, None]
    age = np.maximum(since_launch, 0)
    curve = np.minimum((age + 1) / ramp, 1)
    return np.log(curve * (1 + novelty * np.exp(-age / 9))) - tiring * age / 52


def _dooms(
    knobs: Knobs,
    random: np.random.Generator,
    calendar: Calendar,
    catalogue: Catalogue,
    account_lost: np.ndarray,
) -> tuple[np.ndarray, ...]:
    """When, why, how deep and how fast (weeks) each item's demand ends; the earliest doom counts."""
    items = catalogue.items
    n = len(items)
    has_successor = items.successor >= 0
    # A few successors flop, and their predecessors live on for a while.
    flop = random.random(n) < knobs.flop_share
    week = np.where(flop, items.ends_week + random.uniform(15, 50, n), items.ends_week)
    cause = np.where(has_successor, 0, 1)
    severity = np.where(has_successor, random.uniform(0.86, 0.99, n), random.uniform(0.8, 0.97, n))
    pace = np.where(has_successor, random.uniform(2, 14, n), random.uniform(10, 30, n))

    def sooner(when: np.ndarray, who: np.ndarray, why: int, deep: np.ndarray, fast: np.ndarray) -> None:
        here = who & (when < week)
        for values, new in ((week, when), (cause, np.full(n, why)), (severity, deep), (pace, fast)):
            values[here] = new[here]

    rate = np.array([one.collapse_rate for one in knobs.categories])[items.category] * knobs.collapse_level
    collapse = items.launch_week + 8 + random.exponential(52, n) / np.maximum(rate, 1e-9)
    sooner(collapse, rate > 0, 2, random.uniform(0.7, 0.98, n), random.uniform(1, 10, n))
    for when, which in knobs.platforms_ended:
        at = (calendar.opening + when * (calendar.end - calendar.opening)) / 7 + random.normal(0, 2, n)
        ends = (items.platform == which) & (items.launch_week < at - 4) & (random.random(n) < 0.55)
        sooner(at, ends, 3, random.uniform(0.6, 0.95, n), random.uniform(3, 16, n))
    lost = np.where(items.anchor >= 0, account_lost[items.anchor], NEVER).astype(float)
    sooner(lost, items.launch_week < lost, 4, items.anchor_share, np.full(n, 0.7))
    is_doomed = week < calendar.weeks
    return (
        np.where(is_doomed, week, NEVER).astype(np.float32),
        np.where(is_doomed, cause, -1),
        severity,
        pace,
    )


def _accounts_lost(knobs: Knobs, calendar: Calendar, catalogue: Catalogue) -> np.ndarray:
    """Week in which each customer leaves."""
    lost = np.full(len(catalogue.customers.segment), NEVER)
    for when, account in knobs.accounts_lost:
        lost[account] = (calendar.opening + when * (calendar.end - calendar.opening)) // 7
    return lost


def _walks(random: np.random.Generator, n: int, weeks: int, memory: float, spread: float) -> np.ndarray:
    """Stationary first-order autoregressions with this standard deviation."""
    values = np.empty((n, weeks), np.float32)
    values[:, 0] = random.normal(size=n) * spread
    shocks = random.normal(size=(weeks, n)) * (spread * np.sqrt(1 - memory**2))
    for week in range(1, weeks):
        values[:, week] = memory * values[:, week - 1] + shocks[week]
    return values


def _interest(random: np.random.Generator, n: int, weeks: int) -> np.ndarray:
    """Log of the public's interest: slow tides and quick fads."""
    return _walks(random, n, weeks, 0.97, 0.22) + _walks(random, n, weeks, 0.8, 0.12)


def _competitor_prices(knobs: Knobs, random: np.random.Generator, n: int, weeks: int) -> np.ndarray:
    """The competitor's relative price: jitter, and cuts of which half is left after half a year."""
    jitter = _walks(random, n, weeks, 0.7, 0.015)
    cuts = (random.random((n, weeks), np.float32) < knobs.competitor_cut_rate) * random.uniform(0.10, 0.40, (n, 1))
    back = _walks(random, n, weeks, 0.95, 0.02)
    for week in range(1, weeks):
        cuts[:, week] += 0.5 ** (1 / 26) * cuts[:, week - 1]
    return np.exp(jitter + back - np.minimum(cuts, 0.55)).astype(np.float32)


def weather_strength(knobs: Knobs, items: Items) -> np.ndarray:
    """By item: log of demand gained for each ten degrees above the usual."""
    nouns = [noun for one in knobs.categories for noun in one.subcategories]
    first = np.cumsum([0] + [len(one.subcategories) for one in knobs.categories])
    strength = np.array([WEATHER_NOUNS.get(noun, 0.0) for noun in nouns], np.float32)
    return knobs.weather_level * strength[first[items.category] + items.subcategory]


def _weather_effect(knobs: Knobs, items: Items, temperature: np.ndarray) -> np.ndarray:
    warmth = np.clip(temperature.mean(axis=0) / 10, -1, 1).astype(np.float32)
    return weather_strength(knobs, items)[:, None] * warmth
