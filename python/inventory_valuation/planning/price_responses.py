"""How demand answers a change of price: the elasticity of each item, measured around its own price changes.

Prices are cut where demand is weak, so demand and price over many months say little about the answer of one to the
other. What is compared here is short: the weeks before a change of the list price with the weeks after it, and with
what the item's category did in the same weeks. Units after the change out of the units before and after it are a
binomial share, whose log odds are the elasticity times the change of the log price, plus the category's own change.

An item's elasticity is drawn to its category's and that to the company's, each by as much as its own changes leave
open (partial pooling). The spread between items is part of the error of an item that was never seen.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WEEKS = 3  # before a change and after it: shorter sees too few sales, longer sees the trend that led to the change
LEAST_CHANGE = 0.03  # of the log price
SAME_PRICE = 0.02  # of the log price
LEAST_AGREEMENT = 0.6  # share of a week's lines at its most usual price: else the price depends on who buys
LEAST_LINES = 4  # around a change
LEAST_CHANGES = 20  # of the company: fewer say nothing of any item
MOST_ELASTIC = -6.0
# Items of a category differ at least so much, as a share of the company's mean: few changes an item can't show that
# they do. In a meta-analysis of 1,851 elasticities they spread more (Bijmolt, van Heerde and Pieters, 2005).
LEAST_SPREAD = 0.4
_LEAST_CATEGORY_SPREAD = 0.1
_STEPS = 25

Vector = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Weeks(NamedTuple):
    """What each item sold in each week; items by row, weeks by column.

    Attributes:
        units, lines: sold.
        log_price: of the usual list price, NaN without a sale.
        is_agreed: whether most lines had that price.
        has_stock: whether there was stock at the week's end.
    """

    units: Vector
    lines: Vector
    log_price: Vector
    is_agreed: NDArray[np.bool_]
    has_stock: NDArray[np.bool_]


class Changes(NamedTuple):
    """Price changes, one a row.

    Attributes:
        item: its number.
        price_change: of the log price.
        trend: change of the category's demand, in the log.
        share_after: units after the change out of those before and after it.
        lines: order lines around it, the weight of what was seen.
    """

    item: Numbers
    price_change: Vector
    trend: Vector
    share_after: Vector
    lines: Vector


def price_responses(item_weeks: pa.Table, items: pa.Table) -> pa.Table:
    """The price elasticity of every item.

    Args:
        item_weeks: item_id, week_number, sold_quantity, line_count, list_price (the week's most usual one, null without
            a sale), agreement_rate (share of the lines at it) and stock_change_quantity, for weeks with a movement.
        items: item_id and category of every item.

    Returns:
        item_id, elasticity and elasticity_error (mean and standard deviation of what is believed of it; null where the
        company's prices changed too seldom), price_change_count and elasticity_source, sorted by item.
    """
    order = np.argsort(items["item_id"].to_numpy(zero_copy_only=False).astype(str), kind="stable")
    names = items["item_id"].to_numpy(zero_copy_only=False).astype(str)[order]
    labels = items["category"].to_numpy(zero_copy_only=False).astype(str)[order]
    _, category = np.unique(labels, return_inverse=True)
    changes = price_changes(weeks_of(item_weeks, names), category)
    count = np.bincount(changes.item, minlength=len(names))
    known = len(changes.item) >= LEAST_CHANGES
    mean, error = pooled(changes, category) if known else (np.zeros(len(names)), np.zeros(len(names)))
    in_category = np.bincount(category, count)[category] if len(names) else count
    source = np.select(
        [np.full(len(names), not known), count > 0, in_category > 0],
        ["none", "own price changes", "category"],
        "all items",
    )
    unknown = np.full(len(names), not known)
    return pa.table(
        {
            "item_id": pa.array(names, pa.string()),
            "elasticity": pa.array(mean, pa.float64(), mask=unknown),
            "elasticity_error": pa.array(error, pa.float64(), mask=unknown),
            "price_change_count": pa.array(count, pa.int64()),
            "elasticity_source": pa.array(source.astype(str), pa.string()),
        }
    )


def weeks_of(item_weeks: pa.Table, names: NDArray[np.str_]) -> Weeks:
    """Rows of item and week as matrices without gaps, `WEEKS` empty weeks before the first and after the last."""
    item = np.searchsorted(names, item_weeks["item_id"].to_numpy(zero_copy_only=False).astype(str))
    week = item_weeks["week_number"].to_numpy().astype(np.int64)
    week = week - (week.min() if len(week) else 0) + WEEKS
    shape = (len(names), (int(week.max()) if len(week) else 0) + WEEKS + 1)

    def matrix(name: str, empty: float = 0.0) -> Vector:
        values = np.full(shape, empty)
        values[item, week] = item_weeks[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        return values

    price = matrix("list_price", np.nan)
    return Weeks(
        units=matrix("sold_quantity"),
        lines=matrix("line_count"),
        log_price=np.log(np.where(price > 0, price, np.nan)),
        is_agreed=np.nan_to_num(matrix("agreement_rate"), nan=0.0) >= LEAST_AGREEMENT,
        has_stock=np.cumsum(matrix("stock_change_quantity"), axis=1) > 0,
    )


def price_changes(weeks: Weeks, category: Numbers) -> Changes:
    """Every change between one price that held for some weeks and another that did, with stock all the while."""
    known = ~np.isnan(weeks.log_price)
    seen = np.maximum.accumulate(np.where(known, np.arange(known.shape[1]), 0), axis=1)
    price = np.take_along_axis(weeks.log_price, seen, axis=1)
    is_changed = np.zeros(known.shape, bool)
    is_changed[:, 1:] = np.abs(price[:, 1:] - price[:, :-1]) >= LEAST_CHANGE
    item, at = np.nonzero(is_changed)
    inside = (at >= WEEKS + 1) & (at + WEEKS < known.shape[1])
    item, at = item[inside], at[inside]
    before, after = price[item, at - 1], price[item, at]
    holds = np.ones(len(item), bool)
    for step in range(WEEKS):
        for week, level in ((at - 1 - step, before), (at + step, after)):
            # A week without a sale keeps the price before it.
            sold = known[item, week]
            same = np.abs(np.nan_to_num(weeks.log_price[item, week]) - level) <= SAME_PRICE
            holds &= ~sold | (same & weeks.is_agreed[item, week])
            holds &= weeks.has_stock[item, week]
        holds &= weeks.has_stock[item, at - 2 - step]
    item, at = item[holds], at[holds]
    units = _around(weeks.units, item, at)
    lines = np.add(*_around(weeks.lines, item, at))
    market = _market(weeks.units, is_changed, category)
    market = market[0][category[item], at], market[1][category[item], at]
    trend = np.log(np.maximum(market[1], 1e-9)) - np.log(np.maximum(market[0], 1e-9))
    total = units[0] + units[1]
    kept = (lines >= LEAST_LINES) & (total > 0) & (np.minimum(*market) > 0)
    share = np.divide(units[1], total, out=np.zeros_like(total), where=total > 0)
    change = (price[item, at] - price[item, at - 1])[kept]
    return Changes(item[kept], change, trend[kept], share[kept], lines[kept])


def _market(units: Vector, is_changed: NDArray[np.bool_], category: Numbers) -> tuple[Vector, Vector]:
    """Units of the category before and after each week, of items whose price stays all the while; by category, week."""
    last = units.shape[1]
    at = np.arange(last)
    around = np.maximum(at - WEEKS + 1, 0), np.minimum(at + WEEKS, last)
    changes = np.cumsum(np.pad(is_changed, ((0, 0), (1, 0))), axis=1)
    stays = changes[:, around[1]] == changes[:, around[0]]
    until = np.cumsum(np.pad(units, ((0, 0), (1, 0))), axis=1)
    sums = []
    for here, there in ((np.maximum(at - WEEKS, 0), at), (at, around[1])):
        sums.append(np.zeros((int(category.max(initial=-1)) + 1, last)))
        np.add.at(sums[-1], category, stays * (until[:, there] - until[:, here]))
    return sums[0], sums[1]


def _around(values: Vector, row: Numbers, at: Numbers) -> tuple[Vector, Vector]:
    """Sums over the weeks before and after."""
    until = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    return until[row, at] - until[row, at - WEEKS], until[row, at + WEEKS] - until[row, at]


def pooled(changes: Changes, category: Numbers) -> tuple[Vector, Vector]:
    """Mean and standard deviation of each item's elasticity, drawn to its category and that to the company.

    Args:
        changes: of all items.
        category: the category's number of every item.

    Returns:
        Both by item, in the order of `category`.

    Source:
        Spread between groups by the method of moments: DerSimonian and Laird (1986).
    """
    company = _slope(changes, np.zeros(len(changes.item), np.int64), 1)[0]
    least = LEAST_SPREAD * abs(company)
    rate, info = _score(changes, company)
    dispersion = max(1.0, float(np.mean(changes.lines * rate**2 / info)) if len(rate) else 1.0)
    of_change = category[changes.item]
    groups = int(category.max(initial=-1)) + 1
    slope = _slope(changes, of_change, groups)
    weight = np.bincount(of_change, _information(changes, slope[of_change]), groups) / dispersion
    slope, variance, _ = _drawn(np.where(weight > 0, slope, company), weight, company, _LEAST_CATEGORY_SPREAD)
    # An item's own slope lies one step of Newton's from its category's.
    residual, _ = _score(changes, slope[of_change])
    own = np.bincount(changes.item, _information(changes, slope[of_change]), len(category)) / dispersion
    push = np.bincount(changes.item, changes.lines * residual * changes.price_change, len(category)) / dispersion
    step = np.divide(push, own, out=np.zeros_like(push), where=own > 0)
    mean, left, between = _drawn(slope[category] + step, own, slope[category], least)
    # So much of the category's own error is in an item's as the item is drawn to it.
    error = np.sqrt(left + (left / between) ** 2 * variance[category])
    return np.clip(mean, MOST_ELASTIC, 0.0), error


def _drawn(seen: Vector, weight: Vector, centre: Vector | float, least_spread: float) -> tuple[Vector, Vector, float]:
    """What is believed of groups seen with a weight (one over the variance) around a centre.

    Returns:
        Mean and variance of each, and the variance between groups, which is at least that of a spread.
    """
    total = weight.sum()
    excess = (weight * (seen - centre) ** 2).sum() - np.count_nonzero(weight) + 1
    room = total - (weight**2).sum() / total if total > 0 else 0.0
    between = max(excess / room if room > 0 else 0.0, least_spread**2)
    variance = 1 / (weight + 1 / between)
    return variance * (weight * seen + centre / between), variance, between


def _score(changes: Changes, slope: Vector | float) -> tuple[Vector, Vector]:
    """How far the share after the change lies above the expected one, and the variance of one line's."""
    odds = np.clip(slope * changes.price_change + changes.trend, -30, 30)
    expected = 1 / (1 + np.exp(-odds))
    return changes.share_after - expected, np.maximum(expected * (1 - expected), 1e-9)


def _information(changes: Changes, slope: Vector) -> Vector:
    return changes.lines * _score(changes, slope)[1] * changes.price_change**2


def _slope(changes: Changes, group: Numbers, groups: int) -> Vector:
    """The slope of each group that makes its changes most likely; Newton's method, in steps of one at most."""
    slope = np.full(groups, -1.0)
    for _ in range(_STEPS):
        residual, _ = _score(changes, slope[group])
        push = np.bincount(group, changes.lines * residual * changes.price_change, groups)
        information = np.bincount(group, _information(changes, slope[group]), groups)
        step = np.divide(push, information, out=np.zeros(groups), where=information > 0)
        slope = np.clip(slope + np.clip(step, -1, 1), 2 * MOST_ELASTIC, -MOST_ELASTIC)
    return slope
