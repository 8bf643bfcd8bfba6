"""The models that learn what stock loses: how each is fitted, kept as bytes and asked again.

Every model is a few functions: `fit` gives bytes, `predict` and `contribute` take them. Features are a float32
matrix with NaN where nothing is known. All are bit-equal for any number of threads: boosting runs in one
thread, and jobs run side by side.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Before xgboost is imported: idle OpenMP workers that spin slow two cores down by 4 to 16 times.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import xgboost as xgb

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

_QUANTILES = np.linspace(0, 1, 33)
_RIDGE = 300.0
_LARGEST_MULTIPLE = 20.0


@dataclass(frozen=True)
class Estimator:
    """One model: what it predicts, and how it is fitted, asked and explained."""

    target: str
    weight_power: float
    parameters: dict[str, object]
    fit: Callable[[Matrix, Vector, Vector, tuple[int, ...], dict[str, object]], bytes]
    predict: Callable[[bytes, Matrix], Vector]
    contribute: Callable[[bytes, Matrix], NDArray[np.float64]] | None = None


def _ranks(features: Matrix, quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature as its rank among the training values, -1 to 1, and whether it is missing."""
    columns = []
    for column, edges in zip(features.T, quantiles.T, strict=True):
        missing = np.isnan(column)
        known = np.where(missing, edges[len(edges) // 2], column)
        columns.append(np.where(missing, 0.0, 2 * np.interp(known, edges, _QUANTILES) - 1))
        columns.append(missing.astype(float))
    return np.column_stack([np.ones(len(features)), *columns])


def fit_linear(
    features: Matrix,
    target: Vector,
    weight: Vector,
    monotone: tuple[int, ...],  # a line in ranks has one direction already
    parameters: dict[str, object],
) -> bytes:
    """Ridge regression on the ranks of the features (Hoerl and Kennard, 1970)."""
    with np.errstate(invalid="ignore"):
        edges = np.column_stack(
            [
                np.quantile(column[~np.isnan(column)], _QUANTILES)
                if (~np.isnan(column)).any()
                else np.zeros(len(_QUANTILES))
                for column in features.T
            ]
        )
    ranks = _ranks(features, edges)
    weighted = ranks * (weight / weight.mean())[:, None]
    penalty = np.eye(ranks.shape[1]) * float(parameters["ridge"])
    penalty[0, 0] = 0
    slopes = np.linalg.solve(weighted.T @ ranks + penalty, weighted.T @ target)
    buffer = io.BytesIO()
    np.savez(buffer, edges=edges, slopes=slopes)
    return buffer.getvalue()


def predict_linear(artefact: bytes, features: Matrix) -> Vector:
    """Predicted rates, held between 0 and 1."""
    kept = np.load(io.BytesIO(artefact))
    return np.clip(_ranks(features, kept["edges"]) @ kept["slopes"], 0, 1)


def contribute_linear(artefact: bytes, features: Matrix) -> NDArray[np.float64]:
    """What each feature adds to a linear rate, against a position that is middling in all of them.

    Returns:
        Rows by (features + 1), in rate units; the last column is the baseline. Rates held at 0 or 1 keep the
        sum of the unheld parts.
    """
    kept = np.load(io.BytesIO(artefact))
    parts = _ranks(features, kept["edges"]) * kept["slopes"]
    return np.column_stack([parts[:, 1::2] + parts[:, 2::2], parts[:, 0]])


def contribute_boosting(artefact: bytes, features: Matrix) -> NDArray[np.float64]:
    """What each feature adds to a boosted rate, against the average of the training examples.

    Tree SHAP (Lundberg et al., 2020) splits the logit; each share is scaled by the slope between the
    baseline's rate and the predicted one, so that baseline and contributions add up to the rate.

    Returns:
        Rows by (features + 1), in rate units; the last column is the baseline.
    """
    data = xgb.DMatrix(features, nthread=1)
    logits = booster_of(artefact).predict(data, pred_contribs=True).astype(np.float64)
    total, base = logits.sum(axis=1), logits[:, -1]
    rate, base_rate = 1 / (1 + np.exp(-total)), 1 / (1 + np.exp(-base))
    moved = total - base
    level = np.abs(moved) < 1e-9
    slope = np.where(level, rate * (1 - rate), (rate - base_rate) / np.where(level, 1, moved))
    shares = logits * slope[:, None]
    shares[:, -1] = base_rate
    return shares


def _boost(
    features: Matrix,
    target: Vector,
    weight: Vector,
    monotone: tuple[int, ...] | None,
    parameters: dict[str, object],
) -> bytes:
    settings = {
        "tree_method": "hist",
        "nthread": 1,
        "seed": 1,
        "max_bin": 128,
        **({"monotone_constraints": monotone} if monotone else {}),
        **{name: value for name, value in parameters.items() if name != "rounds"},
    }
    data = xgb.DMatrix(features, target, weight=weight, nthread=1)
    return bytes(xgb.train(settings, data, int(parameters["rounds"])).save_raw("ubj"))


def booster_of(artefact: bytes) -> xgb.Booster:
    """The fitted trees of a boosting artefact."""
    booster = xgb.Booster({"nthread": 1})
    booster.load_model(bytearray(artefact))
    return booster


def fit_boosting(
    features: Matrix,
    target: Vector,
    weight: Vector,
    monotone: tuple[int, ...],
    parameters: dict[str, object],
) -> bytes:
    """Gradient boosting of a rate with the logistic loss.

    Its fit is the mean, it stays between 0 and 1, and the promise of monotone features holds (it silently does
    not under absolute and quantile errors).
    """
    return _boost(features, np.clip(target, 0, 1), weight / weight.mean(), monotone, parameters)


def predict_boosting(artefact: bytes, features: Matrix) -> Vector:
    """Predicted rates between 0 and 1."""
    data = xgb.DMatrix(features, nthread=1)
    return booster_of(artefact).predict(data).astype(np.float64)


def fit_demand(
    features: Matrix,
    target: Vector,
    weight: Vector,
    monotone: tuple[int, ...],
    parameters: dict[str, object],
) -> bytes:
    """Boosting of demand as a multiple of the position's own level, with the Tweedie loss.

    Scaling by the level lets one model serve fast and slow items alike; weighted by the level, the errors
    count in units. Rules on single features do not hold for demand, so none is made monotone.
    """
    return _boost(features, np.minimum(target, _LARGEST_MULTIPLE), weight / weight.mean(), None, parameters)


_TREES = {
    "eta": 0.04,
    "max_depth": 4,
    "subsample": 0.8,
    "colsample_bytree": 0.3,
    "min_child_weight": 20,
}
_RATE = {"objective": "reg:logistic", "rounds": 300, **_TREES}
_YES_NO = {**_RATE, "objective": "binary:logistic", "rounds": 150}
_MULTIPLE = {**_TREES, "objective": "reg:tweedie", "base_score": 1.0, "rounds": 120}

# The weight of an example is its cost to this power: losses are money, but one dear item must not rule.
ESTIMATORS: dict[str, Estimator] = {
    "linear": Estimator("loss_rate", 0.5, {"ridge": _RIDGE}, fit_linear, predict_linear, contribute_linear),
    "boosting": Estimator("loss_rate", 0.5, _RATE, fit_boosting, predict_boosting, contribute_boosting),
    "obsolescence": Estimator("obsolescence", 0.0, _YES_NO, fit_boosting, predict_boosting),
    "demand": Estimator("demand", 0.0, _MULTIPLE, fit_demand, predict_boosting),
}
