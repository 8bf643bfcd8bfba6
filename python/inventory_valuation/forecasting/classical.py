"""Classical forecasts of a month's demand: exponential smoothing, Croston's method and TSB, for all positions at once.

Each recursion runs over the months of a matrix of all positions, so that every month end gets the forecast that was
possible then. The smoothing constants are the customary ones: fitted to thirty months or fewer they would be noise.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SMOOTHING = 0.3
CROSTON_SMOOTHING = 0.1
TSB_SMOOTHING = 0.2


def exponential_smoothing(demand: Matrix, constant: float = SMOOTHING) -> Matrix:
    """Simple exponential smoothing (Brown, 1956).

    Args:
        demand: positions by months; NaN before a position's first month, and never after.
        constant: weight of the newest month, 0 to 1.

    Returns:
        The forecast of a coming month at the end of each month, in the shape of `demand`.

    >>> exponential_smoothing(np.array([[10.0, 20.0]]), 0.5)
    array([[10., 15.]])
    """
    forecasts = demand.copy()
    for month in range(1, demand.shape[1]):
        before = forecasts[:, month - 1]
        moved = before + constant * (demand[:, month] - before)
        forecasts[:, month] = np.where(np.isnan(before), demand[:, month], moved)
    return forecasts


def croston(demand: Matrix, constant: float = CROSTON_SMOOTHING) -> Matrix:
    """Croston's method with the correction of Syntetos and Boylan (2005), for intermittent demand.

    Sizes of orders and months between them are smoothed apart, and only when there is demand.

    Args:
        demand: as for `exponential_smoothing`.
        constant: weight of the newest size and of the newest interval.

    Returns:
        As for `exponential_smoothing`; 0 before the first demand.

    >>> croston(np.array([[4.0, 0.0, 4.0]]), 0.1).round(3)
    array([[3.8  , 3.8  , 3.455]])
    """
    size, interval, since = (np.full(len(demand), value) for value in (np.nan, 1.0, 0.0))
    forecasts = np.where(np.isnan(demand), np.nan, 0.0)
    for month in range(demand.shape[1]):
        asked = demand[:, month]
        since = np.where(np.isnan(asked), 0.0, since + 1)
        sold, first = asked > 0, np.isnan(size)
        size = np.where(sold, np.where(first, asked, size + constant * (asked - size)), size)
        interval = np.where(sold, np.where(first, since, interval + constant * (since - interval)), interval)
        since = np.where(sold, 0.0, since)
        known = ~np.isnan(size)
        forecasts[known, month] = (1 - constant / 2) * size[known] / interval[known]
    return forecasts


def tsb(demand: Matrix, constant: float = TSB_SMOOTHING) -> Matrix:
    """The method of Teunter, Syntetos and Babai (2011): what is no longer asked for fades, unlike with Croston.

    Args:
        demand: as for `exponential_smoothing`.
        constant: weight of the newest month in the chance of demand, and of the newest size.

    Returns:
        As for `exponential_smoothing`.

    >>> tsb(np.array([[4.0, 0.0, 0.0]]), 0.5)
    array([[4., 2., 1.]])
    """
    sold = np.where(np.isnan(demand), np.nan, (demand > 0).astype(float))
    chance = exponential_smoothing(sold, constant)
    size = np.full(len(demand), np.nan)
    forecasts = np.empty_like(demand)
    for month in range(demand.shape[1]):
        asked = demand[:, month]
        moved = np.where(np.isnan(size), asked, size + constant * (asked - size))
        size = np.where(asked > 0, moved, size)
        forecasts[:, month] = chance[:, month] * np.where(np.isnan(size), 0.0, size)
    return forecasts


METHODS = {"exponential_smoothing": exponential_smoothing, "croston": croston, "tsb": tsb}


def classical_forecasts(months: pa.Table) -> pa.Table:
    """Every method's forecast at every month end.

    Args:
        months: item_id, location_id, is_flash, valuation_date, month_number, demand_quantity (units, 0 or more); one
            row per position and month from its first movement on, without gaps. The months that a flash counts back
            from its day are a history of their own, and only the last of them has a valuation_date.

    Returns:
        item_id, location_id, valuation_date and per method a column `<method>_quantity`, units in a coming month.

    Raises:
        ValueError: a position lacks a month after its first.
    """
    months = months.sort_by([(name, "ascending") for name in ("item_id", "location_id", "is_flash", "month_number")])
    numbers = months["month_number"].to_numpy()
    columns = numbers - numbers.min(initial=1)
    keys = [months[name].combine_chunks().dictionary_encode().indices.to_numpy() for name in ("item_id", "location_id")]
    keys.append(months["is_flash"].to_numpy())
    starts = np.ones(len(months), bool)
    starts[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    if (np.diff(numbers)[~starts[1:]] != 1).any():
        raise ValueError("a position lacks a month: the months must run from its first movement on without gaps")
    rows = np.cumsum(starts) - 1
    demand = np.full((int(starts.sum()), int(columns.max(initial=-1)) + 1), np.nan)
    demand[rows, columns] = months["demand_quantity"].cast(pa.float64()).to_numpy()
    forecasts = months.select(["item_id", "location_id", "valuation_date"])
    for name, method in METHODS.items():
        forecasts = forecasts.append_column(f"{name}_quantity", pa.array(method(demand)[rows, columns]))
    return forecasts.filter(forecasts["valuation_date"].is_valid())
