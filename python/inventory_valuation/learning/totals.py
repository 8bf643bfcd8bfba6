"""How far a total of the reserve may be off, from how far earlier totals were.

A total has a range of its own: positions err in part together and in part each for itself, so that the ends of their
ranges sum to no range of the total.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Before any error is known: a company's total is off by a fifth, a group's by three tenths, as the companies of
# docs/accuracy.md were (root mean square of their log ratios). This counts as much as two horizons in a row.
COMPANY, COMPANY_DEVIATION, GROUP_DEVIATION, PRIOR_LOOKS = "company", 0.2, 0.3, 2.0
QUANTILE = 1.2815515655446004  # of the normal distribution: a tenth lies above it, a tenth under its opposite

Vector = NDArray[np.float64]


def looks(months: Vector, horizon: Vector) -> Vector:
    """Independent looks in months whose horizons overlap: the first is one, and a horizon later there is another.

    >>> looks(np.array([0, 1, 7]), np.array([6, 6, 6])).tolist()
    [0.0, 1.0, 2.0]
    """
    return np.where(months > 0, 1 + (months - 1) / horizon, 0.0)


def drawn(weight: Vector, mean: Vector, square: Vector, prior_mean: Vector, prior_variance: Vector) -> list[Vector]:
    """Mean and variance of errors, drawn towards what was expected of them.

    Args:
        weight: independent looks at the errors; 0 where none is known.
        mean: of the errors.
        square: mean of their squares.
        prior_mean: expected mean.
        prior_variance: expected variance.

    >>> [value.item() for value in drawn(*(np.array(value) for value in (0.0, 9.0, 99.0, 0.1, 0.04)))]
    [0.1, 0.04]
    """
    weights = weight + PRIOR_LOOKS
    middle = (weight * mean + PRIOR_LOOKS * prior_mean) / weights
    spread = square - 2 * middle * mean + middle**2
    return [middle, (weight * spread + PRIOR_LOOKS * prior_variance) / weights]


def total_ranges(totals: pa.Table) -> pa.Table:
    """The 80 % range of each total, as factors on it.

    A group's errors are drawn towards those of all groups of its dimension, these towards what is expected before any
    is known. The range holds the total itself, also where all earlier ones erred to one side.

    Args:
        totals: dimension, member, valuation_date, month_number, horizon_months and log_error, that of the loss that
            came over the reserve, null until it is known.

    Returns:
        dimension, member, valuation_date, known_origins (dates whose error was known), lower_factor and upper_factor.

    Source:
        Prediction from few observations, Student (1908); shrinkage to the mean of the group, Efron and Morris (1975).
    """
    totals = totals.sort_by([(name, "ascending") for name in ("dimension", "member", "valuation_date")])
    month, horizon, error = (
        totals[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("month_number", "horizon_months", "log_error")
    )
    names = totals["dimension"].combine_chunks().dictionary_encode()
    dimension, is_company = names.indices.to_numpy(), pc.equal(totals["dimension"], COMPANY).to_numpy()
    groups = pc.binary_join_element_wise(totals["dimension"], totals["member"], "\n")
    member = groups.combine_chunks().dictionary_encode().indices.to_numpy()
    origins, lower, upper = np.zeros(len(totals), np.int64), np.ones(len(totals)), np.ones(len(totals))
    for date in np.unique(month):
        now, past = month == date, (month + horizon <= date) & ~np.isnan(error)

        def sums(group: NDArray[np.integer], weights: Vector, past: Vector = past, now: Vector = now) -> Vector:
            return np.bincount(group[past], weights[past], group.max() + 1)[group[now]]

        def means(group: NDArray[np.integer]) -> list[Vector]:
            count = np.maximum(sums(group, np.ones(len(error))), 1)
            return [sums(group, error) / count, sums(group, error**2) / count]

        dates = np.unique(np.stack([dimension[past], month[past]]), axis=1)[0].astype(np.int64)
        of_dimension = np.bincount(dates, minlength=len(names.dictionary))[dimension[now]]
        of_member = np.where(is_company[now], 0, sums(member, np.ones(len(error))))
        deviation = np.where(is_company[now], COMPANY_DEVIATION, GROUP_DEVIATION)
        weight = looks(of_dimension, horizon[now])
        mean, variance = drawn(weight, *means(dimension), np.zeros(now.sum()), deviation**2)
        own = looks(of_member, horizon[now])
        mean, variance = drawn(own, *means(member), mean, variance)
        weight = np.where(is_company[now], weight, own) + PRIOR_LOOKS
        half = QUANTILE * np.sqrt(variance * (1 + 1 / weight))
        lower[now], upper[now] = np.exp(np.minimum(mean - half, 0)), np.exp(np.maximum(mean + half, 0))
        origins[now] = np.where(is_company[now], of_dimension, of_member)
    kept = totals.select(["dimension", "member", "valuation_date"])
    for name, column in (("known_origins", origins), ("lower_factor", lower), ("upper_factor", upper)):
        kept = kept.append_column(name, pa.array(column))
    return kept
