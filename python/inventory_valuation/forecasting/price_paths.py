"""How net prices go on: the change to expect by month ahead, by category, age and cover, and how far to trust it.

Everything at a month reads only sales of that month and before. What is foreseen is held back in two ways: a curve that
rests on few sales to the curve above it, and all curves by what came of earlier forecasts.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

AGE_BANDS = 4  # half a year, a year, two years, older
COVERS = 2  # as long as most, or so long that it will be marked down
_PRIOR_SALE_MONTHS = 30
_SUMS = ("sale_months", "present_amount", "later_amount", "squared_amount", "marked_down_amount")

Array = NDArray[np.float64]


def _known(sums: Array) -> Array:
    """What is known at each month, by month ahead: the sums of all forecasts whose month has come.

    Args:
        sums: any leading axes, then month of the forecast, month ahead.
    """
    known = np.zeros_like(sums)
    running = np.cumsum(sums, axis=-2)
    for ahead in range(1, min(sums.shape[-1], sums.shape[-2] - 1) + 1):
        known[..., ahead:, ahead - 1] = running[..., :-ahead, ahead - 1]
    return known


def _known_in_all(sums: Array) -> Array:
    """The same by month of all categories, ages and covers, over all months ahead."""
    return _known(sums.sum(axis=(0, 1, 2))).sum(axis=1)


def _quotients(part: Array, whole: Array) -> Array:
    """Part over whole; 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _lines(weights: Array, values: Array, held_to: tuple[Array, Array]) -> tuple[Array, Array]:
    """Weighted least squares lines over the months ahead, held to other lines.

    Args:
        weights: of the values; the last axis is the month ahead, from 1 on.
        values: in the same shape.
        held_to: jump and monthly change of the lines they are held to, as if seen in thirty sale months spread
            evenly over the months ahead.

    Returns:
        Jump and monthly change.
    """
    months = np.arange(1.0, weights.shape[-1] + 1)
    prior = _PRIOR_SALE_MONTHS / len(months)
    held = held_to[0][..., None] + held_to[1][..., None] * months
    values = weights * values + prior * held
    weights = weights + prior
    n, k, kk = (np.sum(weights * months**power, axis=-1) for power in range(3))
    y, ky = (np.sum(values * months**power, axis=-1) for power in range(2))
    if len(months) == 1:  # a single month tells a jump and nothing of a slope
        return y / n, np.zeros_like(n)
    change = (n * ky - k * y) / (n * kk - k * k)
    return (y - change * k) / n, change


def _hazards(weights: Array, shares: Array, held_to: Array) -> Array:
    """Monthly hazards whose shares of what has happened, 1 - exp(-hazard * month), fit best; held to others."""
    months = np.arange(1.0, weights.shape[-1] + 1)
    cumulated = -np.log1p(-np.minimum(shares, 0.99))
    prior = _PRIOR_SALE_MONTHS / len(months) * np.sum(months**2)
    happened = np.sum(weights * months * cumulated, axis=-1) + prior * held_to
    return happened / (np.sum(weights * months**2, axis=-1) + prior)


def _squared_errors(expected: Array | float, present: Array, later: Array, squared: Array) -> Array:
    """Squared distance of later prices from those expected, both over the present price, times its amount."""
    return squared - 2 * expected * later + expected**2 * present


def _wins(gains: Array, amounts: Array) -> NDArray[np.bool_]:
    """At which months forecasts are known to have won by more than a standard error.

    Args:
        gains: squared error that they saved; any axes, then month of the forecast, month ahead.
        amounts: in the same shape.

    Returns:
        By month: whether the gain per amount, each month's forecasts up to then counting as one, was above nothing by
        more than the standard error of its mean. Forecasts of neighbouring months are judged by the same sales, so that
        a horizon of them tells no more than one would (Diebold and Mariano, 1995). Two months tell no error.
    """
    gains, amounts = (np.cumsum(sums.sum(axis=(0, 1, 2)), axis=1) for sums in (gains, amounts))
    wins = np.zeros(len(gains), bool)
    for month in range(3, len(gains)):
        made = np.arange(month)
        told = np.minimum(month - made, gains.shape[1]) - 1
        made, told = made[amounts[made, told] > 0], told[amounts[made, told] > 0]
        rates = gains[made, told] / amounts[made, told]
        wins[month] = len(rates) >= 3 and rates.mean() > rates.std(ddof=1) * np.sqrt(gains.shape[1] / len(rates))
    return wins


def _by_cell(moves: pa.Table, names: pa.Array, shape: tuple[int, ...]) -> Array:
    """The sums of moves by category, age band, length of cover, month and month ahead."""
    place = (
        pc.index_in(moves["category"].combine_chunks(), names).to_numpy(zero_copy_only=False),
        moves["age_band"].to_numpy() - 1,
        moves["has_long_cover"].to_numpy(),
        moves["month_number"].to_numpy() - 1,
        moves["month_ahead"].to_numpy() - 1,
    )
    cells = np.zeros((len(_SUMS), *shape))
    for sums, name in zip(cells, _SUMS, strict=True):
        sums[place] = moves[name].cast(pa.float64()).to_numpy()
    return cells


def price_curves(moves: pa.Table, categories: pa.Table, valuation_dates: pa.Table) -> pa.Table:
    """What to expect of the net prices of each category, age and length of cover, at every month end.

    Args:
        moves: category, age_band (1 to 4), has_long_cover (0 or 1), month_number (of the present price), month_ahead;
            sale_months, and the units sold later at the present price (present_amount), at the later price
            (later_amount), at its square over the present price (squared_amount), and at the present price if the
            later one was a markdown (marked_down_amount). One row per combination of the first five.
        categories: category, one row each.
        valuation_dates: valuation_date, month_number (from 1 on without gaps), horizon_months (the most months ahead).

    Returns:
        One row per category, age band, length of cover and month end: sale_months that its own curve rests on;
        price_jump and monthly_price_change, the logarithm of the price at month m over the present one being
        jump + change * m; markdown_hazard, a month; foreseen_share, the part of the foreseen change to be expected,
        0 to 1, and 0 where such forecasts have not won against prices that stay; and price_spread, the standard
        deviation of prices around what was expected, over the present price. The last two are the same for all of a
        month end.

    Source:
        The share is the slope of realised on foreseen changes (Mincer and Zarnowitz, 1969), weighted by amount.
    """
    names = categories["category"].combine_chunks().sort()
    dates = valuation_dates.sort_by("month_number")["valuation_date"].combine_chunks()
    horizon_months = pc.max(valuation_dates["horizon_months"]).as_py() or 1
    shape = (len(names), AGE_BANDS, COVERS, len(dates), horizon_months)
    sales, present, later, squared, marked_down = _by_cell(moves, names, shape)
    jump = change = hazard = np.zeros((*shape[:1], 1, 1, shape[3]))
    for summed in ((1, 2), (2,), ()):  # categories, then their ages, then the covers of these
        known = [_known(sums.sum(axis=summed, keepdims=True)) for sums in (sales, present, later, marked_down)]
        is_seen = known[2] > 0  # of a bulk sale at next to nothing a unit's share may round to none
        change_seen = np.log(np.where(is_seen, _quotients(known[2], known[1]), 1.0))
        jump, change = _lines(known[0] * is_seen, change_seen, (jump, change))
        hazard = _hazards(known[0], _quotients(known[3], known[1]), hazard)

    months = np.arange(1.0, horizon_months + 1)
    foreseen = np.expm1(jump[..., None] + change[..., None] * months)
    came, foreseen_squared = (_known_in_all(sums) for sums in (foreseen * (later - present), foreseen**2 * present))
    share = np.clip(_quotients(came, foreseen_squared), 0, 1)
    errors = _squared_errors(1 + share[:, None] * foreseen, present, later, squared)
    errors_of_staying = _squared_errors(1.0, present, later, squared)
    share *= _wins(errors_of_staying - errors, present)
    missed = _known_in_all(_squared_errors(1 + share[:, None] * foreseen, present, later, squared))
    spread = np.sqrt(np.maximum(_quotients(missed, _known_in_all(present)), 0))

    cells = np.indices(shape[:4]).reshape(4, -1)
    return pa.table(
        {
            "category": names.take(pa.array(cells[0])),
            "age_band": cells[1] + 1,
            "has_long_cover": cells[2],
            "valuation_date": dates.take(pa.array(cells[3])),
            "sale_months": _known(sales).sum(axis=4).astype(np.int64).ravel(),
            "price_jump": jump.ravel(),
            "monthly_price_change": change.ravel(),
            "markdown_hazard": hazard.ravel(),
            "foreseen_share": share[cells[3]],
            "price_spread": spread[cells[3]],
        }
    )
