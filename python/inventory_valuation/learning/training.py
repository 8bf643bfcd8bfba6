"""Training at every origin, scoring at every valuation date: rolling origins behind an embargo."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from inventory_valuation.exact import to_days
from inventory_valuation.learning.drift import important_features
from inventory_valuation.learning.estimators import (
    ENSEMBLES,
    ESTIMATORS,
    GIVEN,
    SELL_THROUGH,
    Estimator,
    Matrix,
    Vector,
    geometric_mean,
    predicted,
    speaks,
    target_of,
)
from inventory_valuation.learning.importance import importances
from inventory_valuation.learning.intervals import NOMINAL, WIDE, Known, calibrate, loss_intervals
from inventory_valuation.learning.retraining import CALENDAR, Limits, Measures, accuracy, broken, drift
from inventory_valuation.run_cards import (
    Progress,
    by_origin,
    by_run,
    card_table,
    earlier_trainings,
    hash_by_date,
    quiet,
    version_of,
)

KEYS = ["item_id", "location_id", "valuation_date"]
LABELS = {
    "loss_rate": "realised_loss_rate",
    "obsolescence": "is_obsolete",
}
_SCORED = ("model", "target", "run_id", "prediction", "lower", "upper", "lower_95", "upper_95", "earlier_prediction")
EARLIER = "earlier_loss_rate"  # of sell-through, by the models of the date before; null where they are the same
_THREADS = 2
_MOST_EXAMPLES = 20_000  # of a fit: more gain next to nothing on any company (docs/experiments.md)
_CODE = ("boosting.py", "learning/estimators.py", "learning/intervals.py", "learning/training.py")


def columns_of_examples(catalogue: pa.Table) -> str:
    """What training and scoring read of the examples, as a projection: at full scale the rest would fill the memory."""
    labels = (*LABELS.values(), "ordinary_loss_rate", "cost_value", "known_on", EARLIER)
    return ", ".join(dict.fromkeys([*KEYS, *catalogue["feature"].to_pylist(), *GIVEN, *labels]))


def feature_matrix(examples: pa.Table, features: list[str]) -> Matrix:
    """Features as float32, one column each, NaN where unknown.

    Raises:
        KeyError: a catalogued feature is not among the examples' columns.
    """
    missing = [name for name in features if name not in examples.column_names]
    if missing:
        raise KeyError(f"the examples lack the features {', '.join(missing)}")
    matrix = np.empty((len(examples), len(features)), np.float32)
    for place, name in enumerate(features):
        matrix[:, place] = _numbers(examples, name)
    return matrix + 0  # of the two zeros of a double, which compare equal, one


def _numbers(examples: pa.Table, name: str) -> Vector:
    return examples[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _known_on(examples: pa.Table) -> NDArray[np.int64]:
    """The day on which each label is known, as days since 1970; one that nobody knows yet is known never."""
    days = examples["known_on"].cast(pa.date32()).cast(pa.int32())
    return pc.fill_null(days, np.iinfo(np.int32).max).to_numpy().astype(np.int64)


def _target(target: str, labels: dict[str, Vector], cost: Vector) -> Vector:
    """What a model is shown of the labels of its training rows.

    A loss rate is shown with what was written off valued like what stayed unsold: when stock is scrapped is a matter
    of the calendar, and a window with a year end in it would teach that stock is worth less. The level of
    the losses is kept.
    """
    if target == "loss_rate":
        ordinary = labels["ordinary_loss_rate"]
        lost = (cost * ordinary).sum()
        return np.minimum(ordinary * ((cost * labels[target]).sum() / lost if lost else 1.0), 1)
    return labels[target]


def _held_out(name: str, members: dict[str, dict[str, object]]) -> bytes | None:
    """Held-out predictions of an ensemble."""
    held_out = {member: members[member]["held_out"] for member in ENSEMBLES[name]}
    if None in held_out.values():
        return None
    return geometric_mean({key: np.frombuffer(rates) for key, rates in held_out.items()}, ENSEMBLES[name]).tobytes()


def _ensemble_card(name: str, members: dict[str, dict[str, object]], features: list[str]) -> dict[str, object]:
    """The run card of an ensemble: its artefact names the runs of its members."""
    shares = ENSEMBLES[name]
    runs = json.dumps({member: members[member]["run_id"] for member in shares}, sort_keys=True)
    parameters = json.dumps(shares, sort_keys=True)
    return {
        **members[next(iter(shares))],
        "model": name,
        "run_id": hashlib.sha256("/".join([name, runs, parameters]).encode()).hexdigest()[:16],
        "artefact": runs.encode(),
        "held_out": _held_out(name, members),
        "features": json.dumps(features),
        "parameters": parameters,
    }


class _Examples:
    """The examples by date and item: their matrix, what happened to them and what they cost."""

    def __init__(self, examples: pa.Table, columns: list[str]) -> None:
        self.table = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
        self.days = to_days(self.table["valuation_date"])
        self.columns = columns
        self.matrix = feature_matrix(self.table, columns)
        self.labels = {target: _numbers(self.table, column) for target, column in LABELS.items()}
        self.cost = _numbers(self.table, "cost_value")
        self.known_on = _known_on(self.table)

    def told(self, target: str, day: int) -> NDArray[np.bool_]:
        """Whether a day knows what became of a stock that cost anything."""
        return ~np.isnan(self.labels[target]) & (self.cost > 0) & (self.known_on <= day)

    def learned_rows(self, dates: NDArray, target: str, day: int) -> NDArray:
        """Rows of some dates whose label a day knows, of many an even sample: they are sorted by date and item."""
        rows = np.flatnonzero(np.isin(self.days, dates) & self.told(target, day))
        return rows[:: max(1, -(-len(rows) // _MOST_EXAMPLES))]


class _Fits:
    """What the models of every origin are fitted on, and how."""

    def __init__(
        self,
        known: _Examples,
        windows: pa.Table,
        scoring_dates: pa.Table,
        catalogue: pa.Table,
        stored: dict[str, tuple[bytes, bytes | None]],
    ) -> None:
        self.known, self.stored = known, stored
        self.names = catalogue["feature"].to_pylist()
        self.monotone = tuple(int(sign or 0) for sign in catalogue["monotone"].to_pylist())
        self.shown = known.labels | {"ordinary_loss_rate": _numbers(known.table, "ordinary_loss_rate")}
        self.version = version_of(*_CODE)
        self.origin_days, self.training_days = (to_days(windows[name]) for name in ("origin_date", "training_date"))
        # Outcomes of a longer horizon than the windows' are hashed by origin: a run keeps its name when they come in.
        first = {int(day): self.origin_days[self.training_days == day].min() for day in np.unique(self.training_days)}
        self.is_late = known.known_on > np.array([first.get(day, 0) for day in known.days.tolist()], np.int64)
        shown = (np.where(self.is_late, np.nan, values) for values in self.shown.values())
        self.hashes = hash_by_date(known.days, known.matrix, known.cost, *shown)
        self.scored_days, self.trained_on = (to_days(scoring_dates[name]) for name in ("valuation_date", "trained_on"))
        self.half = known.table["item_id"].combine_chunks().dictionary_encode().indices.to_numpy() % 2

    def measures(self, day: int, trained: Mapping[int, list[dict[str, object]]]) -> Measures:
        """What a month end knows of the models that serve it.

        Args:
            day: the month end.
            trained: run cards by origin.

        Returns:
            The drift of the features that count, and how good the ensemble was at the newest date with an outcome.
        """
        known, serving = self.known, _serving(day, trained)
        counting = important_features(importances(card_table(trained[serving])))
        names = sorted({name for found in counting.values() for name in found} - set(GIVEN))
        places = [known.columns.index(name) for name in names]
        learned = np.flatnonzero(np.isin(known.days, self._dates(serving)))
        learned = learned[:: max(1, -(-len(learned) // _MOST_EXAMPLES))]
        found = drift(known.matrix[learned][:, places], known.matrix[known.days == day][:, places], names)
        judged = max(self._dates(day).tolist(), default=-1)
        if judged < min(trained) or judged not in self.scored_days:
            return found
        rows = np.flatnonzero((known.days == judged) & known.told("loss_rate", day))
        members = {card["model"]: card["artefact"] for card in trained[_serving(judged, trained)]}
        rate = predicted(next(iter(ENSEMBLES)), members, known.matrix[rows])
        return found | accuracy(rate, known.labels["loss_rate"][rows], known.cost[rows])

    def origins(self) -> list[int]:
        """The origins that scores are asked of and that know of a loss."""
        return [
            origin
            for origin in np.unique(self.origin_days[np.isin(self.origin_days, self.trained_on)]).tolist()
            if np.isin(self._dates(origin), self.known.days[self.known.told("loss_rate", origin)]).any()
        ]

    def _dates(self, origin: int) -> NDArray:
        """The dates that an origin may learn from."""
        return np.unique(self.training_days[self.origin_days == origin])

    def card(self, origin: int, name: str, estimator: Estimator) -> dict[str, object]:
        """The run card of a model at an origin, fitted where no earlier build has fitted the same."""
        known = self.known
        dates = self._dates(origin)
        rows = known.learned_rows(dates, estimator.target, origin)
        digest = hashlib.sha256("".join(self.hashes.get(int(day), "") for day in dates).encode())
        late = np.isin(known.days, dates) & self.is_late & known.told(estimator.target, origin)
        if late.any():
            digest.update(b"".join((values[late] + 0).tobytes() for values in self.shown.values()))
        data_hash = digest.hexdigest()[:16]
        signs = {name: sign for name, sign in zip(self.names, self.monotone, strict=True) if sign}
        promised = {"monotone": signs} if estimator.is_monotone else {}
        parameters = json.dumps({**estimator.parameters, **promised}, sort_keys=True)
        unjudged = not np.isin(dates, self.scored_days).any()
        described = "/".join([name, str(origin), data_hash, self.version, parameters, str(unjudged), *self.names])
        run_id = hashlib.sha256(described.encode()).hexdigest()[:16]
        if run_id not in self.stored:
            held_out = self._held_out(estimator, rows) if unjudged else None
            self.stored[run_id] = self._artefact(estimator, rows), held_out
        artefact, other_half = self.stored[run_id]
        return {
            "origin_date": origin,
            "model": name,
            "target": estimator.target,
            "run_id": run_id,
            "artefact": artefact,
            "features": json.dumps(known.columns[estimator.sees]),
            "parameters": parameters,
            "data_hash": data_hash,
            "code_version": self.version,
            "training_rows": len(rows),
            "training_dates": len(dates),
            "held_out": other_half,
        }

    def _artefact(self, estimator: Estimator, rows: NDArray) -> bytes:
        """An estimator fitted on some rows."""
        cost = self.known.cost[rows]
        target = _target(estimator.target, {label: values[rows] for label, values in self.shown.items()}, cost)
        matrix = self.known.matrix[rows][:, estimator.sees]
        return estimator.fit(matrix, target, cost**estimator.weight_power, self.monotone)

    def _held_out(self, estimator: Estimator, rows: NDArray) -> bytes | None:
        """What is predicted for each item by a model that never saw it, at dates that it did see."""
        half = self.half[rows]
        halves = [rows[half == side] for side in (0, 1)]
        if estimator.target != "loss_rate" or not all(map(len, halves)):
            return None
        rates = np.empty(len(rows))
        for side, others in ((0, halves[1]), (1, halves[0])):
            unseen = self.known.matrix[rows[half == side]][:, estimator.sees]
            rates[half == side] = estimator.predict(self._artefact(estimator, others), unseen)
        return rates.tobytes()


def _serving(day: int, trained: Mapping[int, object]) -> int:
    """The newest origin up to a day."""
    return max(origin for origin in trained if origin <= day)


def _ends_a_month(day: int) -> bool:
    """Whether a day, since 1970, is no day of a flash."""
    after = np.datetime64(day + 1, "D")
    return bool(after == after.astype("datetime64[M]"))


def _fitted(
    fits: _Fits, estimators: Mapping[str, Estimator], origins: list[int], because: str, progress: Progress
) -> dict[int, list[dict[str, object]]]:
    """The run cards of some origins, ensembles among them, by origin."""
    jobs = [(origin, name, estimator) for origin in origins for name, estimator in estimators.items()]
    cards: dict[int, list[dict[str, object]]] = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        for card in pool.map(lambda job: fits.card(*job), jobs):
            fitted = cards.setdefault(card["origin_date"], [])
            fitted.append(card | {"trained_because": because})
            if len(fitted) == len(estimators):
                members = {one["model"]: one for one in fitted}
                fitted += [_ensemble_card(name, members, fits.known.columns) for name in ENSEMBLES]
                day = np.datetime64(card["origin_date"], "D")
                progress(f"trained the models of {day}, origin {len(cards)} of {len(origins)} ({because})")
    return cards


def _with_those_out_of_turn(
    fits: _Fits,
    estimators: Mapping[str, Estimator],
    limits: Limits,
    trained: dict[int, list[dict[str, object]]],
    progress: Progress,
) -> dict[int, list[dict[str, object]]]:
    """Train also where a limit breaks that held a month end before, at most once between two trainings of the calendar.

    A month end judges by what it knows, and no training after it has a say.
    """
    calendar = set(trained)
    before: set[str] = set()
    for day in sorted(fits.scored_days.tolist()):
        if not trained or day < min(trained) or not _ends_a_month(day):
            continue
        faults = broken(fits.measures(day, trained), limits)
        opened = sorted(faults.keys() - before)
        before = set(faults)
        if opened and day not in trained and _serving(day, trained) in calendar:
            trained |= _fitted(fits, estimators, [day], "; ".join(faults[name] for name in opened), progress)
    return dict(sorted(trained.items()))


# BLAS rounds otherwise when it shares a product between threads, and runs would not be equal to the bit.
one_blas_thread = threadpool_limits.wrap(limits=1, user_api="blas")


@one_blas_thread
def train_models(
    examples: pa.Table,
    windows: pa.Table,
    scoring_dates: pa.Table,
    catalogue: pa.Table,
    fitted_before: pa.Table | None = None,
    progress: Progress = quiet,
    estimators: Mapping[str, Estimator] | None = None,
    limits: Limits | None = None,
) -> pa.Table:
    """Fit every estimator at every training origin on what the embargo leaves.

    The number of fits does not grow with the history, since `scoring_dates` bounds the origins, nor does the number of
    examples of a fit.

    Args:
        examples: keys, the catalogued features, the given rates, the labels, ordinary_loss_rate and cost_value;
            labels are null until their horizon has passed, which is on the day known_on.
        windows: origin_date, training_date; the embargo.
        scoring_dates: valuation_date, trained_on.
        catalogue: feature, monotone (-1, 0 or 1).
        fitted_before: run_id, artefact and held_out of an earlier build: what has the same name is not fitted again.
        progress: called with a sentence after each origin.
        estimators: by name, all of them by default; the members of the ensembles are always among them.
        limits: of reserve_ratio, sku_error and feature_drift: where one breaks between two trainings of the
            calendar, one follows out of turn. None does without limits.

    Returns:
        The run cards: origin_date, model, target, run_id, artefact (bytes), features and parameters (JSON),
        data_hash, code_version, training_rows, training_dates, held_out, trained_because; none of an origin that
        knows of no loss of stock with a cost. `run_id` names data, code and parameters, so an identical rebuild gives
        identical runs. `held_out` are the rates (float64) that a loss-rate model fitted on the other half of the items
        predicts for its training rows, in their order; null once earlier scores tell how it errs.
    """
    estimators = estimators or ESTIMATORS
    catalogue = catalogue.sort_by("feature")
    known = _Examples(examples, [*catalogue["feature"].to_pylist(), *GIVEN])
    fits = _Fits(known, windows, scoring_dates, catalogue, by_run(fitted_before))
    trained = _fitted(fits, estimators, fits.origins(), CALENDAR, progress)
    if limits:
        trained = _with_those_out_of_turn(fits, estimators, limits, trained, progress)
    return card_table([card for cards in trained.values() for card in cards])


class _Scores:
    """The models of every origin, and the dates that they are asked about."""

    def __init__(self, known: _Examples, windows: pa.Table, scoring_dates: pa.Table, trained: pa.Table) -> None:
        self.known = known
        self.artefacts, self.runs, self.held_out = (
            by_origin(trained, column) for column in ("artefact", "run_id", "held_out")
        )
        self.origin_days, self.training_days = (to_days(windows[name]) for name in ("origin_date", "training_date"))
        self.horizon_months = scoring_dates["horizon_months"][0].as_py()
        dates = scoring_dates.sort_by("valuation_date")
        days, origins = (to_days(dates[name]).tolist() for name in ("valuation_date", "trained_on"))
        self.pairs = [pair for pair in zip(days, origins, strict=True) if pair[1] in self.artefacts]
        self.rows_of = {day: np.flatnonzero(known.days == day) for day, _ in self.pairs}
        earlier = earlier_trainings(scoring_dates)
        self.earlier_of = {day: earlier[day] for day, _ in self.pairs if earlier.get(day) in self.artefacts}

    def answers(self, progress: Progress) -> dict[str, dict[int, Vector]]:
        """What each model says at each date, by its name and the date."""

        def ask(question: tuple[str, int, int]) -> Vector:
            name, day, trained_on = question
            return predicted(name, self.artefacts[trained_on], self.known.matrix[self.rows_of[day]])

        questions = [(name, day, trained_on) for name in ESTIMATORS for day, trained_on in self.pairs]
        answers: dict[str, dict[int, Vector]] = {name: {} for name in (*ESTIMATORS, *ENSEMBLES)}
        with ThreadPoolExecutor(_THREADS) as pool:
            for number, ((name, day, _), answer) in enumerate(zip(questions, pool.map(ask, questions), strict=True), 1):
                answers[name][day] = answer
                if number % len(self.pairs) == 0:
                    progress(f"scored {len(self.pairs)} dates with {name}")
        for name, shares in ENSEMBLES.items():
            for day in self.rows_of:
                answers[name][day] = geometric_mean({member: answers[member][day] for member in shares}, shares)
        return answers

    def _earlier(self, name: str, day: int, rate: Vector) -> Vector:
        """What the run of the date before says of a date's facts: the rate itself, unless another took its place."""
        rows = self.rows_of[day]
        if target_of(name) != "loss_rate":
            return np.full(len(rows), np.nan)
        if day not in self.earlier_of:
            return rate
        facts = self.known.matrix[rows].copy()
        sell_through = facts[:, GIVEN.index(SELL_THROUGH) - len(GIVEN)]
        before = _numbers(self.known.table, EARLIER)[rows]
        sell_through[:] = np.where(np.isnan(before), sell_through, before)
        return predicted(name, self.artefacts[self.earlier_of[day]], facts)

    def of_model(self, name: str, answers: dict[int, Vector]) -> Iterator[pa.Table]:
        """A model's scores date by date, calibrated on what was known of its earlier ones."""
        target = target_of(name)
        earlier: Known = []
        for day, trained_on in self.pairs:
            rows, raw = self.rows_of[day], answers[day]
            past = [entry for entry in earlier if entry[0] <= day]
            is_rate = target == "loss_rate"
            bounds = self._bounds(name, day, trained_on, raw, past) if is_rate else _no_bounds(len(rows))
            label = self.known.labels[target][rows]
            outcome_day = _outcome_day(day, self.horizon_months)  # what is known later is not scored
            told = self.known.told(target, outcome_day)[rows]
            if told.any():
                earlier.append((outcome_day, raw[told], label[told]))
            told_of = {"model": name, "target": target, "run_id": self.runs[trained_on][name]}
            columns = {
                **{column: pa.array([word] * len(rows), pa.string()) for column, word in told_of.items()},
                "prediction": pa.array(raw if is_rate else calibrate(raw, past)),
                **{
                    column: pa.array(bound, from_pandas=True)
                    for column, bound in zip(_SCORED[4:-1], bounds, strict=True)
                },
                "earlier_prediction": pa.array(self._earlier(name, day, raw), from_pandas=True),
            }
            # The rows of a date stand together.
            scored = self.known.table.select(KEYS).slice(np.searchsorted(self.known.days, day), len(rows))
            for column, values in columns.items():
                scored = scored.append_column(column, values)
            yield scored

    def _bounds(self, name: str, day: int, trained_on: int, raw: Vector, past: Known) -> list[Vector]:
        """The intervals of loss rates; none where nothing tells how the model errs."""
        date_count = len(past)
        if not past:
            past, date_count = self._learned_from(name, day, trained_on)
        if not past:
            return _no_bounds(len(raw))
        return [bound for nominal in (NOMINAL, WIDE) for bound in loss_intervals(raw, past, nominal, date_count)]

    def _learned_from(self, name: str, day: int, trained_on: int) -> tuple[Known, int]:
        """How a model of the loss rate errs on its training rows, and the number of their dates."""
        known, label = self.known, self.known.labels[target_of(name)]
        dates = self.training_days[self.origin_days == trained_on]
        fitted = known.learned_rows(dates, target_of(name), trained_on)
        other_half, matrix = self.held_out[trained_on][name], known.matrix[fitted]
        rate = np.frombuffer(other_half) if other_half else predicted(name, self.artefacts[trained_on], matrix)
        told = speaks(name, matrix)  # a rule says nothing of dates before its first fit
        return [(day, rate[told], label[fitted][told])] if told.any() else [], len(np.unique(known.days[fitted]))


def _no_bounds(rows: int) -> list[Vector]:
    return [np.full(rows, np.nan)] * 4


@one_blas_thread
def score_models(
    examples: pa.Table,
    windows: pa.Table,
    scoring_dates: pa.Table,
    trained: pa.Table,
    progress: Progress = quiet,
) -> pa.Table:
    """Ask every trained model about every scoring date.

    Args:
        examples: as for `train_models`.
        windows: origin_date, training_date.
        scoring_dates: valuation_date, trained_on, and horizon_months, from the date to the moment its outcome is known.
        trained: the run cards of `train_models`.
        progress: told of each date.

    Returns:
        Keys, model, target, run_id, prediction (a loss rate or a probability) and, for
        loss rates, the 80 % and the 95 % interval and earlier_prediction, what the run of the date before says of the
        same facts. Probabilities and intervals are calibrated on
        the models' own earlier predictions whose outcomes were known by the date; before there are any,
        intervals rest on the held-out predictions of the training rows.
    """
    if not len(scoring_dates) or not len(trained):
        columns = [*((name, pa.string()) for name in _SCORED[:3]), *((name, pa.float64()) for name in _SCORED[3:])]
        return pa.schema([*(examples.schema.field(key) for key in KEYS), *columns]).empty_table()
    scores = _Scores(_Examples(examples, all_columns(trained)), windows, scoring_dates, trained)
    answers = scores.answers(progress)
    return pa.concat_tables(
        [table for name in (*ESTIMATORS, *ENSEMBLES) for table in scores.of_model(name, answers[name])]
    )


def all_columns(trained: pa.Table) -> list[str]:
    """The columns of the matrix that the run cards were fitted on: the catalogued features, then what is given."""
    longest = max((json.loads(text) for text in trained["features"].to_pylist()), key=len)
    return [*(name for name in longest if name not in GIVEN), *GIVEN]


def _outcome_day(day: int, months: int) -> int:
    """The month end so many months after a month end, as days since 1970."""
    month = np.datetime64(day, "D").astype("datetime64[M]") + months + 1
    return int(month.astype("datetime64[D]").astype(int)) - 1
