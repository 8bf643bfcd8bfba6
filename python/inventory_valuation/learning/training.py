"""Training at every origin, scoring at every valuation date: rolling origins behind an embargo."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from inventory_valuation.exact import to_days
from inventory_valuation.learning.estimators import (
    ENSEMBLES,
    ESTIMATORS,
    GIVEN,
    Estimator,
    Matrix,
    Vector,
    geometric_mean,
    predicted,
    speaks,
    target_of,
)
from inventory_valuation.learning.intervals import NOMINAL, WIDE, Known, calibrate, loss_intervals

KEYS = ["item_id", "location_id", "valuation_date"]
LABELS = {
    "loss_rate": "realised_loss_rate",
    "obsolescence": "is_obsolete",
}
_SCORED = ("model", "target", "run_id", "prediction", "lower", "upper", "lower_95", "upper_95")
_THREADS = 2
_CODE = ("learning/estimators.py", "learning/intervals.py", "learning/training.py")

Progress = Callable[[str], None]


def _quiet(_: str) -> None:
    """Say nothing."""


def columns_of_examples(catalogue: pa.Table) -> str:
    """What training and scoring read of the examples, as a projection: at full scale the rest would fill the memory."""
    labels = (*LABELS.values(), "ordinary_loss_rate", "cost_value")
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
    return matrix


def _numbers(examples: pa.Table, name: str) -> Vector:
    return examples[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def version_of(*files: str) -> str:
    """Hash of the code that models come from: another code, another run."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in files:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def hash_by_date(days: NDArray, *arrays: NDArray) -> dict[int, str]:
    """Hash of the rows of each valuation date."""
    bounds = np.flatnonzero(np.diff(days, prepend=days[:1] - 1, append=days[-1:] + 1))
    hashes = {}
    for start, end in pairwise(bounds.tolist()):
        digest = hashlib.sha256()
        for array in arrays:
            digest.update(np.ascontiguousarray(array[start:end]).tobytes())
        hashes[int(days[start])] = digest.hexdigest()
    return hashes


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


def by_origin(trained: pa.Table, column: str = "artefact") -> dict[int, dict[str, object]]:
    """A column of the run cards by origin, as days since 1970, and model."""
    cards: dict[int, dict[str, object]] = {}
    days = to_days(trained["origin_date"])
    for day, model, value in zip(days, trained["model"].to_pylist(), trained[column].to_pylist(), strict=True):
        cards.setdefault(int(day), {})[model] = value
    return cards


def by_run(runs: pa.Table | None) -> dict[str, tuple[bytes, bytes | None]]:
    """Artefact and held-out predictions by run."""
    if runs is None:
        return {}
    names = ("run_id", "artefact", "held_out")
    return {run: kept for run, *kept in zip(*(runs[name].to_pylist() for name in names), strict=True)}


def stored_runs(connection: duckdb.DuckDBPyConnection, relation: str) -> pa.Table | None:
    """What the last build left of its runs; None where there was none, or one of another shape."""
    try:
        return connection.execute(f"select run_id, artefact, held_out from {relation}").to_arrow_table()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def card_table(cards: list[dict[str, object]]) -> pa.Table:
    """Run cards as a table; their origins are days since 1970."""
    schema = pa.schema(
        [
            ("origin_date", pa.int32()),
            *((name, pa.string()) for name in ("model", "target", "run_id")),
            ("artefact", pa.binary()),
            *((name, pa.string()) for name in ("features", "parameters", "data_hash", "code_version")),
            ("training_rows", pa.int64()),
            ("training_dates", pa.int64()),
            ("held_out", pa.binary()),
        ]
    )
    table = pa.Table.from_pylist(cards, schema)
    return table.set_column(0, "origin_date", table["origin_date"].cast(pa.date32()))


# BLAS rounds otherwise when it shares a product between threads, and runs would not be equal to the bit.
one_blas_thread = threadpool_limits.wrap(limits=1, user_api="blas")


@one_blas_thread
def train_models(
    examples: pa.Table,
    windows: pa.Table,
    scoring_dates: pa.Table,
    catalogue: pa.Table,
    fitted_before: pa.Table | None = None,
    progress: Progress = _quiet,
    estimators: Mapping[str, Estimator] | None = None,
) -> pa.Table:
    """Fit every estimator at every training origin on what the embargo leaves.

    Args:
        examples: keys, the catalogued features, the given rates, the labels, ordinary_loss_rate and cost_value;
            labels are null until their horizon has passed.
        windows: origin_date, training_date; the embargo.
        scoring_dates: valuation_date, trained_on.
        catalogue: feature, monotone (-1, 0 or 1).
        fitted_before: run_id, artefact and held_out of an earlier build: what has the same name is not fitted again.
        progress: told of each origin.
        estimators: by name, all of them unless told; the members of the ensembles are always among them.

    Returns:
        The run cards: origin_date, model, target, run_id, artefact (bytes), features and parameters (JSON),
        data_hash, code_version, training_rows, training_dates, held_out; none of an origin that knows of no loss of
        stock with a cost. `run_id` names data, code and parameters, so an identical rebuild gives identical runs.
        `held_out` are the rates (float64) that a loss-rate model fitted on
        the other half of the items predicts for its training rows, in their order; null once earlier scores tell
        how it errs.
    """
    estimators = estimators or ESTIMATORS
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
    catalogue = catalogue.sort_by("feature")
    names = catalogue["feature"].to_pylist()
    monotone = tuple(int(sign or 0) for sign in catalogue["monotone"].to_pylist())
    signs = {name: sign for name, sign in zip(names, monotone, strict=True) if sign}
    columns = [*names, *GIVEN]
    matrix, days = feature_matrix(examples, columns), to_days(examples["valuation_date"])
    labels = {target: _numbers(examples, column) for target, column in LABELS.items()}
    labels["ordinary_loss_rate"] = _numbers(examples, "ordinary_loss_rate")
    cost = _numbers(examples, "cost_value")
    hashes = hash_by_date(days, matrix, cost, *labels.values())
    version = version_of(*_CODE)
    origin_days, training_days = to_days(windows["origin_date"]), to_days(windows["training_date"])
    scored_days, trained_on = (to_days(scoring_dates[name]) for name in ("valuation_date", "trained_on"))
    half = examples["item_id"].combine_chunks().dictionary_encode().indices.to_numpy() % 2
    stored = by_run(fitted_before)

    def fit_on(estimator: Estimator, rows: NDArray) -> bytes:
        known = {label: values[rows] for label, values in labels.items()}
        target = _target(estimator.target, known, cost[rows])
        weight = cost[rows] ** estimator.weight_power
        return estimator.fit(matrix[rows][:, estimator.sees], target, weight, monotone, estimator.parameters)

    def held_out(estimator: Estimator, rows: NDArray) -> bytes | None:
        """What is predicted for each item by a model that never saw it, at dates that it did see."""
        halves = [rows[half[rows] == side] for side in (0, 1)]
        if estimator.target != "loss_rate" or not all(map(len, halves)):
            return None
        rates = np.empty(len(rows))
        for side, others in ((0, halves[1]), (1, halves[0])):
            unseen = half[rows] == side
            rates[unseen] = estimator.predict(fit_on(estimator, others), matrix[rows[unseen]][:, estimator.sees])
        return rates.tobytes()

    def fit(job: tuple[int, str]) -> dict[str, object]:
        origin, name = job
        estimator = estimators[name]
        dates = np.unique(training_days[origin_days == origin])
        rows = np.flatnonzero(np.isin(days, dates) & ~np.isnan(labels[estimator.target]) & (cost > 0))
        data_hash = hashlib.sha256("".join(hashes.get(int(day), "") for day in dates).encode()).hexdigest()[:16]
        promised = {"monotone": signs} if estimator.is_monotone else {}
        parameters = json.dumps({**estimator.parameters, **promised}, sort_keys=True)
        unjudged = not np.isin(dates, scored_days).any()
        described = "/".join([name, str(origin), data_hash, version, parameters, str(unjudged), *names])
        run_id = hashlib.sha256(described.encode()).hexdigest()[:16]
        if run_id not in stored:
            stored[run_id] = fit_on(estimator, rows), held_out(estimator, rows) if unjudged else None
        artefact, other_half = stored[run_id]
        return {
            "origin_date": origin,
            "model": name,
            "target": estimator.target,
            "run_id": run_id,
            "artefact": artefact,
            "features": json.dumps(columns[estimator.sees]),
            "parameters": parameters,
            "data_hash": data_hash,
            "code_version": version,
            "training_rows": len(rows),
            "training_dates": len(dates),
            "held_out": other_half,
        }

    taught = np.unique(days[~np.isnan(labels["loss_rate"]) & (cost > 0)])
    origins = np.unique(origin_days[np.isin(training_days, taught) & np.isin(origin_days, trained_on)])
    jobs = [(int(day), name) for day in origins for name in estimators]
    cards = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for number, card in enumerate(pool.map(fit, jobs), start=1):
            cards.append(card)
            if number % len(estimators) == 0:
                members = {fitted["model"]: fitted for fitted in cards[-len(estimators) :]}
                cards += [_ensemble_card(name, members, columns) for name in ENSEMBLES]
                day = np.datetime64(card["origin_date"], "D")
                progress(f"trained {number} of {len(jobs)} models, up to origin {day}")
    return card_table(cards)


@one_blas_thread
def score_models(
    examples: pa.Table,
    windows: pa.Table,
    scoring_dates: pa.Table,
    trained: pa.Table,
    progress: Progress = _quiet,
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
        loss rates, the 80 % and the 95 % interval. Probabilities and intervals are calibrated on
        the models' own earlier predictions whose outcomes were known by the date; before there are any,
        intervals rest on the held-out predictions of the training rows.
    """
    if not len(scoring_dates) or not len(trained):
        columns = [*((name, pa.string()) for name in _SCORED[:3]), *((name, pa.float64()) for name in _SCORED[3:])]
        return pa.schema([*(examples.schema.field(key) for key in KEYS), *columns]).empty_table()
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
    days = to_days(examples["valuation_date"])
    matrix = feature_matrix(examples, all_columns(trained))
    labels = {target: _numbers(examples, column) for target, column in LABELS.items()}
    cost = _numbers(examples, "cost_value")
    artefacts, runs, held_out = (by_origin(trained, column) for column in ("artefact", "run_id", "held_out"))
    horizon_months = scoring_dates["horizon_months"][0].as_py()
    origin_days, training_days = to_days(windows["origin_date"]), to_days(windows["training_date"])
    dates = scoring_dates.sort_by("valuation_date")
    scored_days, origins = (to_days(dates[name]).tolist() for name in ("valuation_date", "trained_on"))
    pairs = [pair for pair in zip(scored_days, origins, strict=True) if pair[1] in artefacts]
    rows_of = {day: np.flatnonzero(days == day) for day, _ in pairs}

    def ask(question: tuple[str, int, int]) -> Vector:
        name, day, trained_on = question
        return predicted(name, artefacts[trained_on], matrix[rows_of[day]])

    def learned_from(name: str, day: int, trained_on: int) -> tuple[Known, int]:
        """How a model of the loss rate errs on its training rows, and the number of their dates."""
        label = labels[target_of(name)]
        fitted = np.isin(days, training_days[origin_days == trained_on]) & (cost > 0) & ~np.isnan(label)
        other_half = held_out[trained_on][name]
        rate = np.frombuffer(other_half) if other_half else predicted(name, artefacts[trained_on], matrix[fitted])
        told = speaks(name, matrix[fitted])  # a rule says nothing of dates before its first fit
        return [(day, rate[told], label[fitted][told])] if told.any() else [], len(np.unique(days[fitted]))

    questions = [(name, day, trained_on) for name in ESTIMATORS for day, trained_on in pairs]
    answers: dict[tuple[str, int], Vector] = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        for number, ((name, day, _), answer) in enumerate(zip(questions, pool.map(ask, questions), strict=True), 1):
            answers[name, day] = answer
            if number % len(pairs) == 0:
                progress(f"scored {len(pairs)} dates with {name}")
    for name, shares in ENSEMBLES.items():
        for day in rows_of:
            answers[name, day] = geometric_mean({member: answers[member, day] for member in shares}, shares)
    scored = []
    for name in (*ESTIMATORS, *ENSEMBLES):
        target = target_of(name)
        earlier: Known = []
        for day, trained_on in pairs:
            rows = rows_of[day]
            raw = prediction = answers[name, day]
            known = [entry for entry in earlier if entry[0] <= day]
            bounds = [np.full(len(rows), np.nan)] * 4
            if target == "obsolescence":
                prediction = calibrate(raw, known)
            else:
                date_count = len(known)
                if not known:
                    known, date_count = learned_from(name, day, trained_on)
                if known:
                    bounds = [
                        bound
                        for nominal in (NOMINAL, WIDE)
                        for bound in loss_intervals(raw, known, nominal, date_count)
                    ]
            label = labels[target][rows]
            told = ~np.isnan(label) & (cost[rows] > 0)
            if told.any():
                earlier.append((_outcome_day(day, horizon_months), raw[told], label[told]))
            keys = examples.select(KEYS).slice(np.searchsorted(days, day), len(rows))  # dates stand together
            columns = {
                "model": pa.array([name] * len(rows), pa.string()),
                "target": pa.array([target] * len(rows), pa.string()),
                "run_id": pa.array([runs[trained_on][name]] * len(rows), pa.string()),
                "prediction": prediction,
                **{
                    column: pa.array(bound, from_pandas=True) for column, bound in zip(_SCORED[4:], bounds, strict=True)
                },
            }
            for column, values in columns.items():
                keys = keys.append_column(column, values if isinstance(values, pa.Array) else pa.array(values))
            scored.append(keys)
    return pa.concat_tables(scored)


def all_columns(trained: pa.Table) -> list[str]:
    """The columns of the matrix that the run cards were fitted on: the catalogued features, then what is given."""
    longest = max((json.loads(text) for text in trained["features"].to_pylist()), key=len)
    return [*(name for name in longest if name not in GIVEN), *GIVEN]


def _outcome_day(day: int, months: int) -> int:
    """The month end so many months after a month end, as days since 1970."""
    month = np.datetime64(day, "D").astype("datetime64[M]") + months + 1
    return int(month.astype("datetime64[D]").astype(int)) - 1
