"""How many units of a stock will be asked for: demand as a distribution around its forecast.

Demand over the months ahead has the shape of a gamma distribution, since quantities may be fractional: a mean, and a
variation, its variance over the square of the mean, which stays the same for any number of months. The mean is the
forecast, or more where such stock sells more; the variation is what makes the stock on hand sell what such stock was
seen to sell. Another distribution takes its place by the first three functions.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincinv

LEAST = 1e-6  # a smaller demand is none, in the quantities that are kept
STRESS = 0.9  # of all outcomes of demand this share is above the stressed one
LEAST_VARIATION = 0.02
MOST_VARIATION = 100.0
MOST_SELDOM = 20.0
_HALVINGS = 12
_CHORDS = 3

Vector = NDArray[np.float64]


def _vectors(*columns: ArrayLike) -> list[Vector]:
    return list(np.broadcast_arrays(*(np.asarray(column, np.float64) for column in columns)))


def expected_sales(limit: ArrayLike, mean: ArrayLike, variation: ArrayLike) -> Vector:
    """Units expected to sell of so many: E[min(demand, limit)], the sum of P(demand >= u) over its units.

    Args:
        limit: units on hand, 0 or more.
        mean: expected demand, 0 or more.
        variation: variance over squared mean; under `LEAST_VARIATION` it counts as that.

    Returns:
        Units, never above the limit nor above the mean.

    Source:
        Limited expected value of the gamma distribution: Klugman, Panjer and Willmot, Loss Models, appendix A.

    >>> expected_sales(0, 10, 0.5).item(), round(expected_sales(1e6, 10, 0.5).item(), 6)
    (0.0, 10.0)
    >>> round(expected_sales(10, 10, 1).item(), 3)  # exponential: 10 * (1 - 1 / e)
    6.321
    """
    limit, mean, variation = _vectors(limit, mean, variation)
    known, variation = np.where(mean >= LEAST, mean, 1.0), np.maximum(variation, LEAST_VARIATION)
    shape, scale = 1 / variation, known * variation
    below = mean * gammainc(shape + 1, limit / scale)
    above = limit * (1 - gammainc(shape, limit / scale))
    return np.where(mean >= LEAST, np.minimum(below + above, np.minimum(limit, mean)), 0.0)


def demand_quantile(probability: float, mean: ArrayLike, variation: ArrayLike) -> Vector:
    """Demand that is not exceeded with a probability.

    >>> round(demand_quantile(0.1, 10, 0.5).item(), 3) < 10 < round(demand_quantile(0.9, 10, 0.5).item(), 3)
    True
    """
    mean, variation = _vectors(mean, variation)
    known, variation = np.where(mean >= LEAST, mean, 1.0), np.maximum(variation, LEAST_VARIATION)
    return np.where(mean >= LEAST, known * variation * gammaincinv(1 / variation, probability), 0.0)


def no_demand_probability(mean: ArrayLike, variation: ArrayLike, quantity: ArrayLike) -> Vector:
    """How likely it is that no unit is asked for: demand under half of one, or of the stock where that is less.

    >>> no_demand_probability(0, 1, 5).item(), round(no_demand_probability(0.5, 1, 5).item(), 3)
    (1.0, 0.632)
    """
    mean, variation, quantity = _vectors(mean, variation, quantity)
    known = np.where(mean >= LEAST, mean, 1.0)
    least_sale = np.minimum(1.0, quantity) / 2
    return np.where(mean >= LEAST, gammainc(1 / variation, least_sale / (known * variation)), 1.0)


def demand_that_sells(quantity: ArrayLike, mean: ArrayLike, sold_rate: ArrayLike) -> tuple[Vector, Vector]:
    """Mean and variation of the demand under which a stock sells what it is expected to.

    The mean stays the forecast's where some variation lets the stock sell so much of itself. Where the forecast
    foresees too little for it the mean is raised. The variation is at least the odds of staying unsold: up to that of
    the exponential distribution, 1, where the forecast knows the demand, and beyond it the less it does, since what
    such stock sells all the same, it sells seldom and at once.

    Args:
        quantity: units on hand, above 0.
        mean: forecast of the demand, 0 or more.
        sold_rate: share of the units expected to sell, 0 to 1.

    Returns:
        Mean and variation.

    >>> mean, variation = demand_that_sells(10, [12, 0], [0.8, 0.1])
    >>> np.round(expected_sales(10, mean, variation), 6).tolist(), mean[0].item()
    ([8.0, 1.0], 12.0)
    """
    quantity, mean, sold_rate = _vectors(quantity, mean, sold_rate)
    share = np.clip(sold_rate, 0.0, 0.995)
    target = share * quantity
    odds = np.maximum((1 - share) / np.maximum(share, 1e-9), LEAST_VARIATION)
    foreseen = np.clip(mean / np.maximum(target, 1e-12), 0, 1)
    floor = np.minimum(odds, 1.0) ** foreseen * np.minimum(odds, MOST_SELDOM) ** (1 - foreseen)
    is_raised = expected_sales(quantity, mean, floor) < target

    def demand(solved: Vector) -> tuple[Vector, Vector]:
        """The one of mean and variation that is solved for, beside the other as it is."""
        return np.where(is_raised, solved, mean), np.where(is_raised, floor, solved)

    def distance(solved: Vector) -> Vector:
        """How far what sells is off, above 0 below the solution: more demand sells more, more variation less."""
        sold = expected_sales(quantity, *demand(np.exp(solved)))
        return np.where(is_raised, target - sold, sold - target)

    low = np.log(np.maximum(np.where(is_raised, np.maximum(mean, target), floor), 1e-12))
    high = np.log(np.where(is_raised, 1e4 * quantity, MOST_VARIATION))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_low = distance(middle) > 0
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    # In so small an interval the curve is all but straight: each chord is some three digits nearer.
    below, above = distance(low), distance(high)
    for _ in range(_CHORDS):
        part = np.divide(below, below - above, out=np.full_like(below, 0.5), where=below > above)
        middle = low + np.clip(part, 0, 1) * (high - low)
        missed = distance(middle)
        is_low = missed > 0
        low, below = np.where(is_low, middle, low), np.where(is_low, missed, below)
        high, above = np.where(is_low, high, middle), np.where(is_low, above, missed)
    solved_mean, variation = demand(np.exp(middle))
    is_nothing = target < LEAST
    return np.where(is_nothing, np.minimum(mean, LEAST), solved_mean), np.where(is_nothing, floor, variation)


def demand_distributions(positions: pa.Table) -> pa.Table:
    """The distribution of each position's demand over the horizon.

    Args:
        positions: quantity, forecast_quantity and sold_rate (share of the units expected to sell over the horizon), and
            earlier_sold_rate, by the models of the date before, which may be null; other columns are kept.

    Returns:
        These but for the forecast, with expected_demand_quantity, demand_variation and no_sale_probability, float64;
        earlier_demand_quantity is the mean by the earlier rate.
    """
    quantity, forecast, sold_rate, earlier_rate = (
        positions[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("quantity", "forecast_quantity", "sold_rate", "earlier_sold_rate")
    )
    earlier = np.full(len(quantity), np.nan)
    told = ~np.isnan(earlier_rate)
    earlier[told], _ = demand_that_sells(quantity[told], np.maximum(forecast[told], 0), earlier_rate[told])
    mean, variation = demand_that_sells(quantity, np.maximum(forecast, 0), sold_rate)
    kept = positions.drop_columns(["forecast_quantity"])
    for name, column in (
        ("expected_demand_quantity", mean),
        ("demand_variation", variation),
        ("no_sale_probability", no_demand_probability(mean, variation, quantity)),
        ("earlier_demand_quantity", earlier),
    ):
        kept = kept.append_column(name, pa.array(column, from_pandas=True))
    return kept


def sell_through_curves(months: pa.Table) -> pa.Table:
    """The share of a stock that is still unsold after each month ahead.

    Args:
        months: quantity, expected_demand_quantity and demand_variation over the horizon, and cumulated_share, the part
            of the horizon's demand up to the month; other columns are kept.

    Returns:
        The other columns with unsold_rate, float64, falling from month to month.
    """
    measures = ("quantity", "expected_demand_quantity", "demand_variation", "cumulated_share")
    quantity, mean, variation, share = (months[name].cast(pa.float64()).to_numpy() for name in measures)
    sold = expected_sales(quantity, mean * share, variation)
    return months.drop_columns(list(measures)).append_column("unsold_rate", pa.array(1 - sold / quantity))


def units_expected_to_sell(units: pa.Table) -> pa.Table:
    """How many units of each lot sell, the lots of a position in their order.

    Args:
        units: from_quantity and to_quantity, the units of the position before the lot and up to its end; firm_quantity,
            the first units of the position, which contracts take for certain; expected_demand_quantity;
            demand_variation. Other columns are kept. Without an expected demand nothing is known of the lot.

    Returns:
        The other columns, with expected_sold_quantity and stress_sold_quantity, the latter at the demand that is
        exceeded with the probability `STRESS`; float64, null without an expected demand.
    """
    measures = ("from_quantity", "to_quantity", "firm_quantity", "expected_demand_quantity", "demand_variation")
    start, end, firm, mean, variation = (
        units[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in measures
    )
    known = ~np.isnan(mean)
    mean, variation = np.where(known, mean, 0.0), np.where(known, variation, 1.0)
    by_contract = np.minimum(end, firm) - np.minimum(start, firm)
    start, end = np.maximum(start, firm), np.maximum(end, firm)
    expected = expected_sales(end, mean, variation) - expected_sales(start, mean, variation)
    stressed = np.clip(demand_quantile(1 - STRESS, mean, variation) - start, 0, None)
    kept = units.drop_columns(list(measures))
    for name, sold in (("expected_sold_quantity", expected), ("stress_sold_quantity", stressed)):
        sold = by_contract + np.clip(sold, 0, end - start)
        kept = kept.append_column(name, pa.array(sold, mask=~known))
    return kept
