"""The models that learn what stock loses: how each is fitted, kept as bytes and asked again.

Every model is a small class: `fit` gives bytes, `predict` and `contribute` take them. Features are a float32 matrix
with NaN where nothing is known. All are bit-equal for any number of threads: boosting runs in one thread, and jobs run
side by side.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear
from sklearn.linear_model import LogisticRegression

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
_MOST_EXAMPLES = 30_000
_BLOCK = 16_384


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


def _evenly(rows: int) -> slice:
    """Of many examples, which stand date by date and item by item, an even sample."""
    return slice(None, None, -(-rows // _MOST_EXAMPLES))


def _quantiles(features: Matrix) -> NDArray[np.float64]:
    """What ranks are told by: the quantiles of each feature where it is known."""
    known = [column[~np.isnan(column)] for column in features.T]
    return np.column_stack(
        [np.quantile(some, _QUANTILES) if len(some) else np.zeros(len(_QUANTILES)) for some in known]
    )


def _kept(edges: NDArray[np.float64], slopes: Vector) -> bytes:
    """Slopes on ranks, and what ranks are told by, as bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, edges=edges, slopes=slopes)
    return buffer.getvalue()


class Linear(Estimator):
    """Ridge regression on the ranks of the features (Hoerl and Kennard, 1970).

    Slopes of monotone features are held to their sign: least squares within bounds (Stark and Parker, 1995).
    """

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn from all examples; ranks are told by an even sample of many."""
        edges = _quantiles(features[_evenly(len(features))])
        weight = weight / weight.mean()
        products = np.eye(2 * features.shape[1] + 1) * float(self.parameters["ridge"])
        products[0, 0] = 0
        moments = np.zeros(len(products))
        for start in range(0, len(features), _BLOCK):  # all ranks at once would take as much memory as the examples
            block = slice(start, start + _BLOCK)
            ranks = _ranks(features[block], edges)
            weighted = ranks * weight[block, None]
            products += weighted.T @ ranks
            moments += weighted.T @ target[block]
        lowest, highest = np.full(len(products), -np.inf), np.full(len(products), np.inf)
        lowest[1::2][np.array(monotone) > 0] = 0
        highest[1::2][np.array(monotone) < 0] = 0
        root = np.linalg.cholesky(products)
        return _kept(edges, lsq_linear(root.T, np.linalg.solve(root, moments), (lowest, highest), method="bvls").x)

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


class Logistic(Estimator):
    """Logistic regression with a ridge on the ranks of the features; of many examples, on an even sample."""

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn; a line in ranks has one direction already, whatever is promised."""
        sample = _evenly(len(features))
        features, target, weight = features[sample], target[sample], weight[sample]
        edges = _quantiles(features)
        slopes = np.zeros(2 * len(features.T) + 1)
        if len(np.unique(target)) > 1:
            fitted = LogisticRegression(C=1 / float(self.parameters["ridge"]), solver="newton-cholesky")
            fitted.fit(_ranks(features, edges)[:, 1:], target, weight / weight.mean())
            slopes = np.concatenate([fitted.intercept_, fitted.coef_[0]])
        else:  # all the same: as far from a half as one example more of the other kind leaves it
            slopes[0] = (2 * target[0] - 1) * np.log(len(target) + 1)
        return _kept(edges, slopes)

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """Probabilities."""
        kept = np.load(io.BytesIO(artefact))
        return 1 / (1 + np.exp(-_ranks(features, kept["edges"]) @ kept["slopes"]))


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


class Boosting(Estimator):
    """Gradient boosting of a rate with the logistic loss.

    Its fit is the mean, it stays between 0 and 1, and the promise of monotone features holds (it silently does
    not under absolute and quantile errors).
    """

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn, in one thread."""
        return boost(features, np.clip(target, 0, 1), weight / weight.mean(), monotone, self.parameters)

    def predict(self, artefact: bytes, features: Matrix) -> Vector:
        """What the trees say."""
        data = xgb.DMatrix(features, nthread=1)
        return booster_of(artefact).predict(data).astype(np.float64)

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """What each feature adds, against the average of the training examples.

        The way down the trees splits the logit; each share is scaled by the slope between the baseline's rate and the
        predicted one, so that baseline and contributions add up to the rate.
        """
        logits = path_shares(artefact, features)
        total, base = logits.sum(axis=1), logits[:, -1]
        rate, base_rate = 1 / (1 + np.exp(-total)), 1 / (1 + np.exp(-base))
        moved = total - base
        level = np.abs(moved) < 1e-9
        slope = np.where(level, rate * (1 - rate), (rate - base_rate) / np.where(level, 1, moved))
        shares = logits * slope[:, None]
        shares[:, -1] = base_rate
        return shares


class Forest(Boosting):
    """Random forest (Breiman, 2001), grown by the boosting library in one round; its leaves are means."""

    def fit(self, features: Matrix, target: Vector, weight: Vector, monotone: tuple[int, ...]) -> bytes:
        """Learn, in one thread."""
        mean = float(np.average(target, weights=weight))
        grown = {**self.parameters, "base_score": mean, "rounds": 1}
        return boost(features, target, weight / weight.mean(), monotone, grown)

    def contribute(self, artefact: bytes, features: Matrix) -> NDArray[np.float64]:
        """What each feature adds; the shares add up by themselves."""
        return path_shares(artefact, features)


def _given(column: str) -> Given:
    """The model that says what a column says."""
    place = GIVEN.index(column) - len(GIVEN)
    return Given("loss_rate", 0.5, {}, slice(place, place + 1 or None), is_monotone=False)


_TREES = {
    "eta": 0.08,
    "max_depth": 4,
    "subsample": 0.8,
    "colsample_bytree": 0.3,
    "min_child_weight": 20,
    "max_bin": 128,
    "seed": 1,
}
_RATE = {"objective": "reg:logistic", "rounds": 150, **_TREES}
_YES_NO = {**_RATE, "objective": "binary:logistic", "rounds": 75}

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
    "boosting": Boosting("loss_rate", 0.5, _RATE),
    "obsolescence_logistic": Logistic("obsolescence", 0.0, {"ridge": 100.0}, is_monotone=False),
    "obsolescence_forest": Forest("obsolescence", 0.0, _FOREST),
    "obsolescence_boosting": Boosting("obsolescence", 0.0, _YES_NO),
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
