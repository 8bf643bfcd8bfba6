"""Training out of turn: what a month end knows of the models in service, and which limits that breaks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from inventory_valuation.learning.drift import stability_index
from inventory_valuation.learning.estimators import Matrix, Vector

CALENDAR = "calendar"
Limits = Mapping[str, tuple[float | None, float | None]]
Measures = dict[str, float]


def limits_of(thresholds: pa.Table) -> dict[str, tuple[float | None, float | None]]:
    """The limits of seed monitoring_thresholds, lower and upper, by check."""
    names = ("check_name", "lower_limit", "upper_limit")
    rows = zip(*(thresholds[name].to_pylist() for name in names), strict=True)
    return {name: (lower, upper) for name, lower, upper in rows}


def accuracy(rate: Vector, label: Vector, cost: Vector) -> Measures:
    """How good loss rates turned out to be.

    Args:
        rate: predicted shares of the cost, shape (n,).
        label: realised ones.
        cost: cost of the stock.

    Returns:
        reserve_ratio and sku_error, as in `model_accuracy`; nothing where nothing was lost.
    """
    loss = float((cost * label).sum())
    if not loss > 0:
        return {}
    return {
        "reserve_ratio": float((cost * rate).sum()) / loss,
        "sku_error": float((cost * np.abs(rate - label)).sum()) / loss,
    }


def drift(trained: Matrix, scored: Matrix, names: list[str]) -> Measures:
    """Population stability index of features, a column each, between the rows learned from and those of a date."""
    if not len(trained) or not len(scored):
        return {}
    return {
        f"feature_drift of {name}": stability_index(trained[:, place], scored[:, place])
        for place, name in enumerate(names)
    }


def broken(measures: Measures, limits: Limits) -> dict[str, str]:
    """The measures outside their limits, in words.

    >>> broken({"reserve_ratio": 0.69, "sku_error": 0.5}, {"reserve_ratio": (0.8, 1.25), "sku_error": (None, 0.7)})
    {'reserve_ratio': 'reserve_ratio 0.69, limit 0.8'}
    """
    told = {}
    for name, value in measures.items():
        lower, upper = limits.get(name.split()[0], (None, None))
        if lower is not None and value < lower:
            told[name] = f"{name} {value:.2f}, limit {lower:g}"
        if upper is not None and value > upper:
            told[name] = f"{name} {value:.2f}, limit {upper:g}"
    return told
