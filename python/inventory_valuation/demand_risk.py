"""How many units of a stock will be asked for: demand as a distribution around its forecast.

Demand over the horizon has the variance of a negative binomial, mean + dispersion * mean squared, and the shape of a
gamma distribution, since quantities may be fractional. Another distribution takes its place by these two functions.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincinv

LEAST = 1e-6  # a smaller demand is none, in the quantities that are kept
STRESS = 0.9  # of all outcomes of demand this share is above the stressed one

Vector = NDArray[np.float64]


def _shape_and_scale(mean: Vector, dispersion: Vector) -> tuple[Vector, Vector]:
    """Gamma shape and scale with the mean and variance of the negative binomial; a mean of nothing gets any."""
    known = np.where(mean >= LEAST, mean, 1.0)
    scale = 1.0 + dispersion * known
    return known / scale, scale


def expected_sales(limit: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Vector:
    """Units expected to sell of so many: E[min(demand, limit)], the sum of P(demand >= u) over its units.

    Args:
        limit: units on hand, 0 or more.
        mean: expected demand over the horizon, 0 or more.
        dispersion: of the negative binomial, 0 or more.

    Returns:
        Units, never above the limit nor above the mean.

    Source:
        Limited expected value of the gamma distribution: Klugman, Panjer and Willmot, Loss Models, appendix A.

    >>> expected_sales(0, 10, 0.5).item(), round(expected_sales(1e6, 10, 0.5).item(), 6)
    (0.0, 10.0)
    >>> round(expected_sales(10, 10, 0).item(), 3)  # about the standard deviation times 0.4 under its mean
    8.749
    """
    limit, mean, dispersion = (np.asarray(column, np.float64) for column in (limit, mean, dispersion))
    shape, scale = _shape_and_scale(mean, dispersion)
    below = mean * gammainc(shape + 1, limit / scale)
    above = limit * (1 - gammainc(shape, limit / scale))
    return np.where(mean >= LEAST, np.minimum(below + above, np.minimum(limit, mean)), 0.0)


def demand_quantile(probability: float, mean: ArrayLike, dispersion: ArrayLike) -> Vector:
    """Demand that is not exceeded with a probability.

    >>> round(demand_quantile(0.1, 10, 0.5).item(), 3) < 10 < round(demand_quantile(0.9, 10, 0.5).item(), 3)
    True
    """
    mean, dispersion = (np.asarray(column, np.float64) for column in (mean, dispersion))
    shape, scale = _shape_and_scale(mean, dispersion)
    return np.where(mean >= LEAST, scale * gammaincinv(shape, probability), 0.0)


def units_expected_to_sell(units: pa.Table) -> pa.Table:
    """How many units of each lot sell, the lots of a position in their order.

    Args:
        units: from_quantity and to_quantity, the units of the position before the lot and up to its end; firm_quantity,
            the first units of the position, which contracts take for certain; expected_demand_quantity; dispersion.
            Other columns are kept. Without an expected demand nothing is known of the lot.

    Returns:
        The other columns, with expected_sold_quantity and stress_sold_quantity, the latter at the demand that is
        exceeded with the probability `STRESS`; float64, null without an expected demand.
    """
    measures = ("from_quantity", "to_quantity", "firm_quantity", "expected_demand_quantity", "dispersion")
    start, end, firm, mean, dispersion = (
        units[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in measures
    )
    known = ~np.isnan(mean)
    mean = np.where(known, mean, 0.0)
    by_contract = np.minimum(end, firm) - np.minimum(start, firm)
    start, end = np.maximum(start, firm), np.maximum(end, firm)
    expected = expected_sales(end, mean, dispersion) - expected_sales(start, mean, dispersion)
    stressed = np.clip(demand_quantile(1 - STRESS, mean, dispersion) - start, 0, None)
    kept = units.drop_columns(list(measures))
    for name, sold in (("expected_sold_quantity", expected), ("stress_sold_quantity", stressed)):
        sold = by_contract + np.clip(sold, 0, end - start)
        kept = kept.append_column(name, pa.array(sold, mask=~known))
    return kept
