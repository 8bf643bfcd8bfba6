"""What is known of each position when it is ordered: demand by the week, delivery, costs, and stock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.exact import to_days
from inventory_valuation.forecasting.distributions import LEAST_VARIATION
from inventory_valuation.planning.draws import Keys, position_keys
from inventory_valuation.planning.levels import Demand, UnitCosts
from inventory_valuation.planning.simulation import Lots

Array = NDArray[np.float64]

DAYS_OF_MONTH = 30.4375
WEEKS_OF_YEAR = 365.25 / 7
_LONGEST_WINDOW = 60  # weeks
_OBSERVED = 26  # weeks from which the dispersion of demand is taken
_PRIOR_UNITS = 4.0
_LEAST_DISPERSION = 0.5
_TELLING_COVER = 0.5  # of the horizon's demand
_WEEKS_OUT = 13
_SMOOTHING = 0.1
KEYS = ("item_id", "location_id")


class Positions(NamedTuple):
    """Positions at one date.

    Attributes:
        keys: a number of each, for its random draws.
        weekly: units expected in each week from the date on, weeks by positions, past the horizon.
        variation: variance of the horizon's demand over its square.
        dispersion: variance of a week's demand over its mean, beside what the horizon's variation says.
        lead: weeks from order to delivery.
        lead_spread: their standard deviation, in weeks.
        review: weeks between two reviews, whole.
        horizon: weeks of the horizon, whole.
        unit_cost: money of a unit bought.
        margin: money lost with a unit of demand; 0 or less where the unit is not worth its cost or is ended.
        unsold_loss: money lost with a unit that is never sold.
        held: money of a unit held for a week.
        order_cost: money of an order.
        service_level: the share of reviews to stay without a shortage, NaN: as costs say.
        is_whole: whether units are whole.
        multiple: units of a pack, at least 1 where units are whole; 0: any quantity can be ordered.
        minimum: units of the least order.
        on_hand: units.
        on_order: units.
        on_order_weeks: weeks until they come, whole.
    """

    keys: Keys
    weekly: Array
    variation: Array
    dispersion: Array
    lead: Array
    lead_spread: Array
    review: NDArray[np.int64]
    horizon: NDArray[np.int64]
    unit_cost: Array
    margin: Array
    unsold_loss: Array
    held: Array
    order_cost: Array
    service_level: Array
    is_whole: NDArray[np.bool_]
    multiple: Array
    minimum: Array
    on_hand: Array
    on_order: Array
    on_order_weeks: NDArray[np.int64]

    def taken(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Positions:
        """Some of the positions."""
        return Positions(*(values[..., chosen] for values in self))

    def lots(self) -> Lots:
        """In what quantities they can be ordered."""
        return Lots(self.multiple, self.minimum)


def column(table: pa.Table, name: str) -> Array:
    """A column as numbers, NaN where it is null."""
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


class History(NamedTuple):
    """Demand as it was, of positions in an order of their own.

    Attributes:
        sold: units sold less returned, weeks by positions; the first week is the last before the newest date.
        drawn: units sent to other locations.
        stock: units on hand at the end of the week.
    """

    sold: Array
    drawn: Array
    stock: Array


def history_of(weeks: pa.Table, positions: pa.Table) -> History:
    """The weeks of positions, 0 where nothing moved.

    Args:
        weeks: item_id, location_id, weeks_before, sold_quantity, drawn_quantity, stock_change_quantity.
        positions: item_id, location_id, in the order wanted; each once.

    Returns:
        Weeks by positions.
    """
    places = positions.select(KEYS).append_column("place", pa.array(np.arange(len(positions))))
    found = weeks.join(places, list(KEYS), join_type="inner")
    before, place = found["weeks_before"].to_numpy().astype(int), found["place"].to_numpy()
    shape = (int(before.max(initial=0)) + 1, len(positions))
    history = History(*(np.zeros(shape) for _ in History._fields))
    for name, matrix in zip(("sold_quantity", "drawn_quantity", "stock_change_quantity"), history, strict=True):
        matrix[before, place] = column(found, name)
    return history._replace(stock=np.cumsum(history.stock[::-1], axis=0)[::-1])


def asked_for(history: History) -> Array:
    """Demand by week, as in the history: what was sold and drawn, and in weeks without stock what it was before.

    Nobody knows what would have been asked for. A position that ran out keeps its pace for three months.
    """
    seen = np.maximum(history.sold + history.drawn, 0)
    before = np.concatenate([history.stock[1:], np.zeros_like(history.stock[:1])])
    is_out = (history.stock <= 0) & (before <= 0) & (seen == 0)
    filled, pace, weeks_out = seen.copy(), np.full(seen.shape[1], np.nan), np.full(seen.shape[1], _WEEKS_OUT)
    for week in range(len(seen) - 1, -1, -1):  # from the oldest on
        weeks_out = np.where(is_out[week], weeks_out + 1, 0)
        filled[week] = np.where(is_out[week], np.where(weeks_out <= _WEEKS_OUT, pace, 0.0), seen[week])
        moved = np.where(np.isnan(pace), seen[week], pace + _SMOOTHING * (seen[week] - pace))
        pace = np.where(is_out[week], pace, moved)
    return filled


def weekly_shares(months: pa.Table, categories: pa.ChunkedArray, horizons: Array, count: int) -> Array:
    """Which part of the horizon's demand falls into each week; after the horizon the weeks are as in its last quarter.

    Args:
        months: category, month_ahead, month_share of one date.
        categories: of each position.
        horizons: months of the horizon of each position.
        count: how many weeks.

    Returns:
        Weeks by positions.
    """
    kinds = categories.combine_chunks().dictionary_encode()
    month_kind = pa.compute.index_in(months["category"], value_set=kinds.dictionary).to_numpy(zero_copy_only=False)
    known = ~np.isnan(month_kind.astype(float))
    longest = int(horizons.max(initial=1))
    by_month = np.zeros((len(kinds.dictionary), longest + 1))
    ahead = months["month_ahead"].to_numpy()[known].astype(int)
    within = ahead <= longest
    by_month[month_kind[known].astype(int)[within], ahead[within]] = column(months, "month_share")[known][within]
    cumulated = np.cumsum(by_month, axis=1)
    ends = np.arange(count + 1) * 7 / DAYS_OF_MONTH
    kind_horizon = np.zeros(len(kinds.dictionary))
    kind_horizon[kinds.indices.to_numpy()] = horizons
    curves = np.empty((len(kinds.dictionary), count + 1))
    for kind, horizon in enumerate(kind_horizon.astype(int)):  # categories, not positions
        curve = cumulated[kind]
        pace = (curve[horizon] - curve[max(horizon - 3, 0)]) / min(3, max(horizon, 1))
        curves[kind] = np.interp(ends, np.arange(longest + 1), curve) + pace * np.maximum(ends - horizon, 0)
    return np.diff(curves, axis=1).T[:, kinds.indices.to_numpy()]


def dispersions(sold: Array, groups: NDArray[np.int64]) -> Array:
    """Variance of a week's demand over its mean; a position with few units is held to the median of its group.

    Args:
        sold: units by week, weeks by positions.
        groups: of each position, from 0.

    >>> dispersions(np.array([[0.0, 6.0], [10.0, 4.0]]), np.array([0, 0])).round(1).tolist()
    [4.3, 0.9]
    """
    units = sold.sum(axis=0)
    squares = ((sold - sold.mean(axis=0)) ** 2).sum(axis=0)
    own = np.divide(squares, units, out=np.full_like(units, np.nan), where=units > 0)
    usual = np.ones(int(groups.max(initial=0)) + 1)
    for group in range(len(usual)):  # segments, not positions
        seen = own[(groups == group) & ~np.isnan(own)]
        usual[group] = np.median(seen) if len(seen) else 1.0
    held = (np.maximum(squares, 0) + _PRIOR_UNITS * usual[groups]) / (np.maximum(units, 0) + _PRIOR_UNITS)
    return np.maximum(held, _LEAST_DISPERSION)


def variations(variation: Array, on_hand: Array, expected: Array, groups: NDArray[np.int64]) -> Array:
    """How uncertain demand over the horizon is, of positions of which little is on hand too.

    The forecast's variation is what makes the stock on hand sell what such stock was seen to. Of two units that tells
    what may become of two units, and nothing of the hundreds that may be asked for. The less the stock covers, the more
    the position is taken to be as uncertain as the usual one of its group whose stock covers demand.

    Args:
        variation: of the forecast.
        on_hand: units.
        expected: units that the horizon is expected to ask for.
        groups: of each position, from 0.

    >>> one_group = np.zeros(3, int)
    >>> variations(np.array([0.1, 0.2, 9.0]), np.array([9.0, 9.0, 0.0]), np.full(3, 10.0), one_group).round(2).tolist()
    [0.1, 0.2, 0.14]
    """
    told = np.clip(on_hand / np.maximum(expected, 1e-9) / _TELLING_COVER, 0.0, 1.0)
    logs = np.log(np.maximum(variation, LEAST_VARIATION))
    usual = np.zeros(int(groups.max(initial=0)) + 1)
    everywhere = np.median(logs[told >= 1]) if (told >= 1).any() else 0.0
    for group in range(len(usual)):  # segments, not positions
        telling = logs[(groups == group) & (told >= 1)]
        usual[group] = np.median(telling) if len(telling) else everywhere
    return np.exp(told * logs + (1 - told) * usual[groups])


def positions_at(table: pa.Table, months: pa.Table, history: History, longest: float) -> Positions:
    """What is known of positions at one date.

    Args:
        table: rows of int_reorder_positions of one date.
        months: rows of int_month_shares of the date.
        history: demand before the date, the newest week first, in the order of the table.
        longest: months of the longest horizon at any date.
    """
    horizons = column(table, "horizon_months")
    horizon = np.round(horizons * DAYS_OF_MONTH / 7).astype(int)
    count = 2 * round(longest * DAYS_OF_MONTH / 7) + _LONGEST_WINDOW
    weekly = weekly_shares(months, table["category"], horizons, count) * column(table, "expected_demand_quantity")
    observed = History(*(values[:_OBSERVED] for values in history))
    drawn = np.maximum(observed.drawn.mean(axis=0), 0) if len(observed.drawn) else 0.0
    groups = table["segment"].combine_chunks().dictionary_encode().indices.to_numpy()
    on_hand, on_order = column(table, "on_hand_quantity"), column(table, "on_order_quantity")
    unit_cost, margin = column(table, "unit_cost"), column(table, "unit_nrv") - column(table, "unit_cost")
    ended = table["is_ended"].to_numpy(zero_copy_only=False)
    whole = (np.mod(history.sold, 1) == 0).all(axis=0) & (np.mod(on_hand, 1) == 0)
    return Positions(
        position_keys(*(table[name] for name in KEYS)),
        weekly + drawn,
        variations(column(table, "demand_variation"), on_hand, column(table, "expected_demand_quantity"), groups),
        dispersions(np.maximum(observed.sold + observed.drawn, 0), groups),
        np.clip(column(table, "lead_time_days") / 7, 0, _LONGEST_WINDOW / 2),
        np.clip(column(table, "lead_time_spread_days") / 7, 0, _LONGEST_WINDOW / 4),
        np.clip(np.round(column(table, "review_days") / 7), 1, _LONGEST_WINDOW / 4).astype(int),
        horizon,
        unit_cost,
        np.where(ended, 0.0, np.maximum(margin, 0.0) * column(table, "lost_margin_multiple")),
        unit_cost * (1 - column(table, "recovery_rate")),
        unit_cost * column(table, "holding_cost_rate") / WEEKS_OF_YEAR,
        column(table, "order_cost"),
        column(table, "service_level"),
        whole,
        np.maximum(np.nan_to_num(column(table, "order_multiple")), whole),
        np.nan_to_num(column(table, "minimum_order_quantity")),
        on_hand,
        on_order,
        np.round(column(table, "on_order_days") / 7).astype(int),
    )


def window_demand(positions: Positions) -> Array:
    """Units expected over lead time and review from each week on, weeks by positions."""
    cumulated = np.concatenate([np.zeros((1, positions.weekly.shape[1])), np.cumsum(positions.weekly, axis=0)])
    length = positions.lead + positions.review
    whole = np.floor(length).astype(int)
    weeks = np.arange(len(positions.weekly) - _LONGEST_WINDOW)[:, None]
    places = np.arange(len(length))[None, :]
    ends = weeks + whole
    return cumulated[ends, places] + (length - whole) * positions.weekly[ends, places] - cumulated[weeks, places]


def demand_over(positions: Positions, weeks: Array, lead_spread: Array | float = 0.0) -> Demand:
    """Demand from the date on, over a time that may differ from what is planned."""
    cumulated = np.concatenate([np.zeros((1, positions.weekly.shape[1])), np.cumsum(positions.weekly, axis=0)])
    whole, places = np.floor(weeks).astype(int), np.arange(len(positions.lead))
    mean = cumulated[whole, places] + (weeks - whole) * positions.weekly[whole, places]
    known = np.maximum(mean, 1e-9)
    pace = mean / np.maximum(weeks, 1e-9)
    return Demand(mean, positions.variation + positions.dispersion / known + (lead_spread * pace / known) ** 2)


def window_of(positions: Positions) -> Demand:
    """Demand over lead time and review."""
    return demand_over(positions, positions.lead + positions.review, positions.lead_spread)


def review_of(positions: Positions) -> Demand:
    """Demand of one review, at the pace of the window."""
    window = demand_over(positions, positions.lead + positions.review)
    mean = window.mean * positions.review / (positions.lead + positions.review)
    return Demand(mean, positions.variation + positions.dispersion / np.maximum(mean, 1e-9))


def horizon_of(positions: Positions) -> Demand:
    """Demand over the horizon."""
    return demand_over(positions, positions.horizon.astype(float))


def unit_costs(positions: Positions) -> UnitCosts:
    """What a unit costs over one review."""
    return UnitCosts(positions.margin, positions.held * positions.review, positions.unsold_loss)


def weeks_before(dates: pa.ChunkedArray, newest: int) -> NDArray[np.int64]:
    """The number of the first whole week after each date, counted back from the newest date.

    Args:
        dates: days.
        newest: the newest day, in days since 1970.
    """
    return (newest - to_days(dates)) // 7 - 1
