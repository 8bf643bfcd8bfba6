"""History played again: what each way of ordering would have cost, had it known only what was known.

At each month end a policy reads its levels from what was forecast then. Until the next one it orders by them, week by
week, against the demand that came, or that would have gone on where nothing was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from inventory_valuation.exact import to_days
from inventory_valuation.planning.draws import position_keys
from inventory_valuation.planning.levels import expected_unsold
from inventory_valuation.planning.ordering import (
    Levels,
    exact,
    first_weights,
    learned,
    newsvendor,
    seen,
    tuned_quantile,
)
from inventory_valuation.planning.positions import (
    KEYS,
    History,
    Positions,
    asked_for,
    history_of,
    horizon_of,
    positions_at,
)
from inventory_valuation.planning.scenes import lead_weeks, prices_of, scene_of
from inventory_valuation.planning.search import cross_entropy
from inventory_valuation.planning.simulation import Outcome, ReorderEnvironment, filling_up, played

Array = NDArray[np.float64]

FACTORS = np.arange(-4.0, 6.01, 0.5)
_USUAL_FACTOR = 2.0
_PATHS = 4  # deliveries that may have come, of the one demand that did
_LEAST_DATES = 3
_MOST_POSITIONS = 4000
_SEARCHED = 400
_FEW = 10


class Past(NamedTuple):
    """Positions over some month ends, in one order.

    Attributes:
        names: item_id and location_id.
        segments: the segment in which each was first seen.
        dates: what was known at each month end, None of a position without a forecast: then it is not ordered.
        starts: the first whole week after each month end, counted back from the newest date.
        asked: units asked for by week, the newest week first.
    """

    names: pa.Table
    segments: NDArray[np.str_]
    dates: list[Positions]
    starts: list[int]
    asked: Array


def past_of(positions: pa.Table, months: pa.Table, weeks: pa.Table, most: int = _MOST_POSITIONS) -> Past:
    """What was known of positions at each month end.

    Args:
        positions: rows of int_reorder_positions.
        months: rows of int_month_shares.
        weeks: rows of int_demand_weeks.
        most: so many positions at most, the ones whose keys come first.
    """
    names = positions.group_by(list(KEYS), use_threads=False).aggregate([])
    keys = position_keys(*(names[name] for name in KEYS))
    names = names.take(pa.array(np.argsort(keys, kind="stable")[:most])).select(KEYS)
    history = history_of(weeks, names)
    places = names.append_column("place", pa.array(np.arange(len(names))))
    found = positions.join(places, list(KEYS), join_type="inner").sort_by(
        [("valuation_date", "ascending"), ("place", "ascending")]
    )
    days, longest = np.unique(to_days(found["valuation_date"])), pc.max(found["horizon_months"]).as_py()
    segments = np.full(len(names), "", dtype=object)
    dates, starts = [], []
    for day in days:
        rows = found.filter(pa.array(to_days(found["valuation_date"]) == day))
        start = int(days[-1] - day) // 7 - 1
        place = rows["place"].to_numpy()
        seen = History(*(values[start + 1 :][:, place] for values in history))
        of_date = months.filter(pc.equal(months["valuation_date"], rows["valuation_date"][0]))
        known = positions_at(rows, of_date, seen, longest)
        dates.append(_spread(known, place, len(names)))
        starts.append(start)
        fresh = segments[place] == ""
        segments[place[fresh]] = rows["segment"].to_numpy(zero_copy_only=False)[fresh]
    return Past(names, segments.astype(str), dates, starts, asked_for(history))


def _spread(known: Positions, place: NDArray[np.int64], count: int) -> Positions:
    """The same among more positions, of which nothing is known."""
    spread = []
    for values in known:
        wide = np.zeros((*values.shape[:-1], count), values.dtype)
        wide[..., place] = values
        spread.append(wide)
    empty = Positions(*spread)
    return empty._replace(
        review=np.maximum(empty.review, 1),
        horizon=np.maximum(empty.horizon, 1),
        dispersion=np.where(empty.dispersion > 0, empty.dispersion, 1.0),
    )


class Replay(NamedTuple):
    """What a policy would have cost between two month ends, by position.

    Attributes:
        holding: money of holding.
        lost_margin: money lost with demand that was not served.
        ordering: money of orders.
        write_down: money lost with units left at the end, on hand and on order, that are not expected to sell.
        stock: cost of the stock on hand, on average.
        demand: units asked for.
        sold: units served.
    """

    holding: Array
    lost_margin: Array
    ordering: Array
    write_down: Array
    stock: Array
    demand: Array
    sold: Array

    def cost(self) -> Array:
        """The four kinds of cost together."""
        return self.holding + self.lost_margin + self.ordering + self.write_down


def replayed(past: Past, first: int, last: int, levels: Mapping[str, list[Levels]]) -> dict[str, Replay]:
    """Let each policy order from one month end to another.

    Args:
        past: what was known.
        first: the month end to begin at, a place in its dates.
        last: the one to end at.
        levels: of each month end but the last, by the policy's name.
    """
    dates = past.dates[first : last + 1]
    weeks = past.starts[first] - past.starts[last]
    valued = valued_by(dates)
    at = [past.starts[first] - start for start in past.starts[first:last]]
    span = np.searchsorted(at, np.arange(weeks), side="right") - 1
    asked = past.asked[past.starts[last] + 1 : past.starts[first] + 1][::-1]
    demand = np.repeat(asked[:, None, :], _PATHS, axis=1)
    scene = scene_of(dates[0], demand, lead_weeks(valued, (weeks, _PATHS)))
    reviews = np.stack([date.review for date in dates])[span]
    scene = scene._replace(
        may_order=np.arange(weeks)[:, None] % reviews == 0, arrivals=scene.arrivals + _first_stock(dates, at, weeks)
    )
    environment = ReorderEnvironment(scene, prices_of(valued))
    results = {}
    for name, monthly in levels.items():
        by_week = (np.stack(values)[span] for values in zip(*monthly, strict=True))
        outcome = played(environment, filling_up(*by_week, valued.lots()))
        results[name] = _replay(valued, outcome, weeks)
    return results


def _first_stock(dates: list[Positions], at: list[int], weeks: int) -> Array:
    """What positions came with that are first known after the start: what they had then, weeks by positions."""
    arrivals = np.zeros((weeks, len(dates[0].keys)))
    seen = dates[0].unit_cost > 0
    for date, week in zip(dates[1:], at[1:], strict=False):
        fresh = ~seen & (date.unit_cost > 0)
        arrivals[week] = np.where(fresh, date.on_hand + date.on_order, 0.0)
        seen |= fresh
    return arrivals


def valued_by(dates: list[Positions]) -> Positions:
    """What is known of each position last, by which its costs are measured; of margins the average while it had one."""
    newest = dates[0]
    for date in dates[1:]:
        known = date.unit_cost > 0
        newest = Positions(*(np.where(known, new, old) for new, old in zip(date, newest, strict=True)))
    margins = np.stack([date.margin for date in dates])
    worth = margins > 0
    return newest._replace(margin=margins.sum(axis=0) / np.maximum(worth.sum(axis=0), 1))


def _replay(positions: Positions, outcome: Outcome, weeks: int) -> Replay:
    demand, sold, left = (units.mean(axis=0) for units in (outcome.demand, outcome.sold, outcome.left))
    holding, lost = positions.held * left, positions.margin * (demand - sold)
    unsold = expected_unsold(outcome.stock, horizon_of(positions)).mean(axis=0)
    return Replay(
        holding,
        lost,
        outcome.cost.mean(axis=0) - holding - lost,
        positions.unsold_loss * unsold,
        positions.unit_cost * left / weeks,
        demand,
        sold,
    )


def tuned_factors(past: Past, first: int, last: int) -> dict[str, float]:
    """The φ that would have cost each segment least between two month ends; `all` holds for the segments not seen."""
    if past.starts[first] <= past.starts[last]:
        return {"all": _USUAL_FACTOR}
    levels = {
        f"{factor}": [tuned_quantile(date, np.full(len(date.keys), factor)) for date in past.dates[first:last]]
        for factor in FACTORS
    }
    costs = np.stack([replay.cost() for replay in replayed(past, first, last, levels).values()])
    factors = {"all": float(FACTORS[costs.sum(axis=1).argmin()])}
    for segment in np.unique(past.segments):
        chosen = past.segments == segment
        if chosen.sum() >= _FEW:
            factors[str(segment)] = float(FACTORS[costs[:, chosen].sum(axis=1).argmin()])
    return factors


def searched_weights(past: Past, first: int, last: int) -> Array:
    """The weights of the learned policy that would have cost least between two month ends, of some positions."""
    if past.starts[first] <= past.starts[last]:
        return first_weights()
    few = past._replace(dates=[date.taken(slice(_SEARCHED)) for date in past.dates], asked=past.asked[:, :_SEARCHED])
    known = [seen(date) for date in few.dates[first:last]]

    def costs_of(candidates: Array) -> Array:
        levels = {f"{place}": [learned(date, row) for date in known] for place, row in enumerate(candidates)}
        return np.array([replay.cost().sum() for replay in replayed(few, first, last, levels).values()])

    return cross_entropy(costs_of, first_weights())


def factors_of(factors: dict[str, float], segments: NDArray[np.str_]) -> Array:
    """The φ of each position."""
    return np.array([factors.get(segment, factors["all"]) for segment in np.unique(segments)])[
        np.unique(segments, return_inverse=True)[1]
    ]


def halves_of(past: Past) -> tuple[int, int]:
    """Where the second half of the past begins, and where it ends, as places in its dates."""
    last = len(past.dates) - 1
    return last // 2, last


def levels_of(past: Past, first: int, last: int) -> dict[str, list[Levels]]:
    """What each policy would have ordered up to at month ends, with what it learned before them.

    Args:
        past: what was known.
        first: the first of the month ends, a place in its dates.
        last: the one before which they end.

    Returns:
        Levels of each month end, by the policy's name.
    """
    factors = factors_of(tuned_factors(past, 0, first), past.segments)
    weights = searched_weights(past, 0, first)
    dates = past.dates[first:last]
    return {
        "newsvendor": [newsvendor(date) for date in dates],
        "tuned_quantile": [tuned_quantile(date, factors) for date in dates],
        "exact_levels": [exact(date) for date in dates],
        "learned": [learned(seen(date), weights) for date in dates],
    }


def judged(positions: pa.Table, months: pa.Table, weeks: pa.Table) -> pa.Table:
    """What each policy would have cost over the second half of the past, with what it learned in the first.

    Args:
        positions: rows of int_reorder_positions.
        months: rows of int_month_shares.
        weeks: rows of int_demand_weeks.

    Returns:
        item_id, location_id, segment, policy, weeks, and the columns of `Replay` with their cost, float64; nothing
        where the past is too short.
    """
    if pc.count_distinct(positions["valuation_date"]).as_py() <= 2 * _LEAST_DATES:
        return _nothing()
    past = past_of(positions, months, weeks)
    middle, last = halves_of(past)
    levels = levels_of(past, middle, last)
    tables = []
    for name, replay in replayed(past, middle, last, levels).items():
        table = past.names.append_column("segment", pa.array(past.segments))
        table = table.append_column("policy", pa.array([name] * len(table)))
        table = table.append_column("weeks", pa.array([past.starts[middle] - past.starts[last]] * len(table)))
        for measure, values in (*replay._asdict().items(), ("cost", replay.cost())):
            table = table.append_column(measure, pa.array(values))
        tables.append(table)
    return pa.concat_tables(tables)


def _nothing() -> pa.Table:
    texts = [(name, pa.string()) for name in (*KEYS, "segment", "policy")]
    numbers = [(name, pa.float64()) for name in (*Replay._fields, "cost")]
    return pa.schema([*texts, ("weeks", pa.int64()), *numbers]).empty_table()
