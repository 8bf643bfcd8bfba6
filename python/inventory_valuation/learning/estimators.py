"""The models that learn what stock loses: how each is fitted, kept as bytes and asked again.

Every model is a small class: `fit` gives bytes, `predict` and `contribute` take them. Features are a float32 matrix
with NaN where nothing is known. All are bit-equal for any number of threads: trees grow in one thread, and jobs run
side by side.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inventory_valuation.boosting import Matrix, Vector, boost, booster_of, path_shares, xgb

# Loss rates that need no fitting here: what the rules hold, NRV, and what the units lose each for itself. They are the
# last columns of every matrix, and a model each.
NRV = "nrv_loss_rate"
SELL_THROUGH = "sell_through_loss_rate"
GIVEN = (
    "static_ageing_rate",
    "calibrated_ageing_rate",
    "calibrated_recency_rate",
    "calibrated_coverage_rate",
    "movement_rate_rate",
    NRV,
    SELL_THROUGH,
)

_QUANTILES = np.linspace(0, 1, 33)
_RIDGE = 300.0
_PULL = 1e-12  # what rounding leaves of nothing


@dataclass(frozen=True)
class Estimator:
    """One model, in the manner of scikit-learn; what was fitted is bytes, which a table can keep.

    Attributes:
        target: what it predicts, `loss_rate` or `obsolescence`.
        weight_power: the weight of an example is its cost to this power.
        parameters: of the fit.
        sees: which columns it is shown, of the catalogued features and, last, what is `GIVEN`.
        is_monotone: whether it rises and falls with the features that the catalogue says so of.
    """

    target: str
    weight_power: float
    parameters: dict[str, object]
    sees: slice = field(default_factory=lambda: slice(None, -len(GIVEN)))
    is_monotone: bool = True

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn from examples; `monotone` is the sign of each feature's promise, or 0."""
        raise NotImplementedError

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """Say a rate or a probability, between 0 and 1, of each row."""
        raise NotImplementedError

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """Say what each feature adds to each predicted rate.

        Returns:
            Rows by (features + 1), in rate units; the last column is the baseline.
        """
        raise NotImplementedError


def _ranks(features: Matrix, quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each feature as its rank among the training values, -1 to 1, and whether it is missing."""
    ranks = np.empty((len(features), 2 * features.shape[1] + 1), order="F")
    ranks[:, 0] = 1
    for place, (column, edges) in enumerate(zip(features.T, quantiles.T, strict=True)):
        missing = np.isnan(column)
        known = np.where(missing, edges[len(edges) // 2], column)
        ranks[:, 2 * place + 1] = np.where(missing, 0.0, 2 * np.interp(known, edges, _QUANTILES) - 1)
        ranks[:, 2 * place + 2] = missing
    return ranks


def _quantiles(features: Matrix) -> NDArray[np.float64]:
    """What ranks are told by: the quantiles of each feature where it is known."""
    known = [column[~np.isnan(column)] for column in features.T]
    return np.column_stack(
        [np.quantile(some, _QUANTILES) if len(some) else np.zeros(len(_QUANTILES)) for some in known]
    )


def least_squares_with_signs(products: Vector, moments: Vector, signs: NDArray[np.int64]) -> Vector:
    """The least-squares slopes of which some may only be positive, or only negative.

    Args:
        products: features by features, positive definite.
        moments: features by target.
        signs: 1 where a slope may not be under 0, -1 where it may not be over 0, 0 where it is free.

    Returns:
        The slopes. A slope that would have the wrong sign is 0.

    Source:
        Block principal pivoting (Portugal, Judice and Vicente, 1994). All slopes that are wrong change sides at once;
        where that does not lessen their number any more, only the last of them does, which always ends.

    >>> least_squares_with_signs(np.eye(2), np.array([3.0, -2.0]), np.array([1, 1]))
    array([3., 0.])
    """
    free = np.ones(len(moments), bool)
    fewest, tries = len(moments) + 1, 3
    while True:
        slopes = np.zeros(len(moments))
        slopes[free] = np.linalg.solve(products[np.ix_(free, free)], moments[free])
        pull = moments - products @ slopes
        wrong = np.flatnonzero(np.where(free, slopes * signs < 0, pull * signs > _PULL * np.abs(moments).max()))
        if not len(wrong):
            return slopes
        tries = 3 if len(wrong) < fewest else tries - 1
        fewest = min(fewest, len(wrong))
        changed = wrong if tries > 0 else wrong[-1:]
        free[changed] = ~free[changed]


class Linear(Estimator):
    """Ridge regression on the ranks of the features (Hoerl and Kennard, 1970), slopes held to the promised sign."""

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn slopes, and the quantiles by which features are ranked."""
        edges = _quantiles(features)
        ranks = _ranks(features, edges)
        weighted = (ranks * (weight / weight.mean())[:, None]).T
        ridge = np.full(len(weighted), float(self.parameters["ridge"]))
        ridge[0] = 0
        signs = np.zeros(len(weighted), np.int64)
        signs[1::2] = monotone
        slopes = least_squares_with_signs(weighted @ ranks + np.diag(ridge), weighted @ target, signs)
        buffer = io.BytesIO()
        np.savez(buffer, edges=edges, slopes=slopes)
        return buffer.getvalue()

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """Rates, held between 0 and 1."""
        kept = np.load(io.BytesIO(artefact))
        return np.clip(_ranks(features, kept["edges"]) @ kept["slopes"], 0, 1)

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """What each feature adds, against a position that is middling in all of them.

        Rates held at 0 or 1 keep the sum of the unheld parts.
        """
        kept = np.load(io.BytesIO(artefact))
        parts = _ranks(features, kept["edges"]) * kept["slopes"]
        return np.column_stack([parts[:, 1::2] + parts[:, 2::2], parts[:, 0]])


class Given(Estimator):
    """What a column says by itself; nothing is learned but its average, which is its baseline."""

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Keep the average of what is given."""
        known = ~np.isnan(features[:, 0])
        baseline = float(np.average(features[known, 0], weights=weight[known])) if known.any() else 0.0
        return json.dumps({"baseline": baseline}).encode()

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """The given rate itself; the average one where none is given."""
        rates = features[:, 0].astype(np.float64)
        return np.where(np.isnan(rates), json.loads(artefact)["baseline"], rates)

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """How far the given rate is from its baseline."""
        baseline = np.full(len(features), json.loads(artefact)["baseline"])
        return np.column_stack([self.predict(artefact, features) - baseline, baseline])


class Forest(Estimator):
    """Random forest (Breiman, 2001), grown by the boosting library in one round; its leaves are means."""

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn, in one thread."""
        mean = float(np.average(target, weights=weight))
        grown = {**self.parameters, "base_score": mean, "rounds": 1}
        return boost(features, target, weight / weight.mean(), monotone, grown)

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """What the trees say."""
        data = xgb.DMatrix(features, nthread=1)
        return booster_of(artefact).predict(data).astype(np.float64)

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """What each feature adds; the shares add up by themselves."""
        return path_shares(artefact, features)


def _given(column: str) -> Given:
    """The model that says what a column says."""
    place = GIVEN.index(column) - len(GIVEN)
    return Given("loss_rate", 0.5, {}, slice(place, place + 1 or None), is_monotone=False)


_FOREST = {
    "objective": "reg:squarederror",
    "num_parallel_tree": 60,
    "eta": 1.0,
    "max_depth": 7,
    "subsample": 0.6,
    "colsample_bynode": 0.25,
    "min_child_weight": 5,
    "max_bin": 64,
    "seed": 1,
}

# The weight of an example is its cost to a power: losses are money, but one dear item must not rule.
ESTIMATORS: dict[str, Estimator] = {
    "static_ageing": _given("static_ageing_rate"),
    "calibrated_ageing": _given("calibrated_ageing_rate"),
    "calibrated_recency": _given("calibrated_recency_rate"),
    "calibrated_coverage": _given("calibrated_coverage_rate"),
    "movement_rate": _given("movement_rate_rate"),
    "nrv": _given(NRV),
    "sell_through": _given(SELL_THROUGH),
    "linear": Linear("loss_rate", 0.5, {"ridge": _RIDGE}),
    "forest": Forest("loss_rate", 0.5, _FOREST),
    "obsolescence_forest": Forest("obsolescence", 0.0, _FOREST),
}

# Half what demand and prices say, half what two models have learned of losses, as a weighted geometric mean: where one
# of them sees next to no loss there is little, and a learned rate far off moves it less than it would a sum. Chosen on
# all companies by rolling origin (docs/experiments.md).
ENSEMBLES: dict[str, dict[str, float]] = {"ensemble": {"sell_through": 1 / 2, "linear": 1 / 4, "forest": 1 / 4}}
LEAST_RATE = 0.005  # nothing at all would silence the others


def _logarithms(rates: Vector) -> Vector:
    return np.log(np.clip(rates, LEAST_RATE, 1))


def geometric_mean(rates: Mapping[str, Vector], shares: Mapping[str, float]) -> Vector:
    """The weighted geometric mean of rates by name; shares add up to 1."""
    return np.exp(sum(share * _logarithms(rates[member]) for member, share in shares.items()))


def target_of(model: str) -> str:
    """What a model or an ensemble predicts."""
    return ESTIMATORS[next(iter(ENSEMBLES.get(model, {model: 1})))].target


def speaks(model: str, matrix: Matrix) -> NDArray[np.bool_]:
    """Of which rows a model or an ensemble says something by itself: what is given has to be given."""
    members = [ESTIMATORS[member] for member in ENSEMBLES.get(model, {model: 1})]
    given = [member for member in members if isinstance(member, Given)]
    return ~np.any(
        [np.isnan(matrix[:, member.sees][:, 0]) for member in given] or [np.zeros(len(matrix), bool)], axis=0
    )


def predicted(model: str, artefacts: Mapping[str, bytes], matrix: Matrix) -> Vector:
    """What a model or an ensemble says of each row.

    Args:
        model: a name of `ESTIMATORS` or `ENSEMBLES`.
        artefacts: the fitted bytes of the model, or of the ensemble's members, by name.
        matrix: rows by columns: the catalogued features, and last what is `GIVEN`.
    """
    if not len(matrix):
        return np.empty(0)
    if model in ENSEMBLES:
        rates = {member: predicted(member, artefacts, matrix) for member in ENSEMBLES[model]}
        return geometric_mean(rates, ENSEMBLES[model])
    estimator = ESTIMATORS[model]
    return estimator.predict(artefacts[model], matrix[:, estimator.sees])


def _mixed_contributions(
    members: Mapping[str, NDArray[np.float64]], shares: Mapping[str, float]
) -> NDArray[np.float64]:
    """Contributions to a geometric mean, from those to its members' rates.

    Source:
        Logarithmic mean Divisia index (Ang, 2004): what a member adds is its share of the logarithm of rate over
        baseline, times their logarithmic mean, so that nothing is left over.
    """
    rate = {name: parts.sum(axis=1) for name, parts in members.items()}
    baseline = {name: parts[:, -1] for name, parts in members.items()}
    rates, baselines = geometric_mean(rate, shares), geometric_mean(baseline, shares)
    moved = np.log(rates / baselines)
    is_level = np.abs(moved) < 1e-9
    mean = np.where(is_level, rates, (rates - baselines) / np.where(is_level, 1, moved))
    mixed = np.zeros_like(next(iter(members.values())))
    for name, parts in members.items():
        added = mean * shares[name] * (_logarithms(rate[name]) - _logarithms(baseline[name]))
        difference = rate[name] - baseline[name]
        is_same = np.abs(difference) < 1e-9
        mixed[:, :-1] += parts[:, :-1] * np.where(is_same, 0, added / np.where(is_same, 1, difference))[:, None]
    mixed[:, -1] = rates - mixed[:, :-1].sum(axis=1)
    return mixed


def contributed(model: str, artefacts: Mapping[str, bytes], matrix: Matrix) -> NDArray[np.float64]:
    """What each column adds to the prediction of a loss rate.

    Args:
        model: a name of `ESTIMATORS` or `ENSEMBLES` whose target is the loss rate.
        artefacts: as for `predicted`.
        matrix: as for `predicted`.

    Returns:
        Rows by (columns + 1), in rate units; the last is the baseline, and each row adds up to the prediction.
    """
    if model in ENSEMBLES:
        members = {member: contributed(member, artefacts, matrix) for member in ENSEMBLES[model]}
        return _mixed_contributions(members, ENSEMBLES[model])
    estimator = ESTIMATORS[model]
    shares = estimator.contribute(artefacts[model], matrix[:, estimator.sees])
    all_shares = np.zeros((len(matrix), matrix.shape[1] + 1))
    all_shares[:, :-1][:, estimator.sees] = shares[:, :-1]
    all_shares[:, -1] = shares[:, -1]
    return all_shares
