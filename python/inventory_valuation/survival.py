"""How long stock lasts: months until it has sold through, months until it is dead, learned from censored histories.

A label over a fixed horizon leaves the latest origins out. Here they take part: a stock that has not sold through
by the training origin is known to last longer than the months observed, and no more is said of it.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xgboost as xgb

from inventory_valuation.estimators import Matrix, Vector, booster_of
from inventory_valuation.exact import to_days
from inventory_valuation.training import (
    KEYS,
    Progress,
    by_run,
    card_table,
    feature_matrix,
    hash_by_date,
    version_of,
)

MODEL = "accelerated_failure_time"
EVENTS = {"sell_through": "months_to_sell_through", "dead_stock": "months_to_dead_stock"}
_THREADS = 2
_MOST_EXAMPLES = 30_000
# Accelerated failure time with the log-logistic (Barnwal, Cho and Hocking, 2022). The scale is fixed by
# the objective: .5 left the least Brier score on later origins, and fitting it after the trees gained nothing.
_PARAMETERS: dict[str, object] = {
    "objective": "survival:aft",
    "aft_loss_distribution": "logistic",
    "aft_loss_distribution_scale": 0.5,
    "rounds": 80,
    "eta": 0.1,
    "max_depth": 4,
    "subsample": 0.8,
    "colsample_bytree": 0.3,
    "min_child_weight": 20,
    "max_bin": 64,
}


def _quiet(_: str) -> None:
    """Say nothing."""


def fit_durations(features: Matrix, lower: Vector, upper: Vector, parameters: dict[str, object]) -> bytes:
    """Trees of the log of a duration known to lie between two bounds; infinity above where it is censored.

    A month's event is known to the month: it lies after the month's beginning, and by its end.
    """
    settings = {name: value for name, value in parameters.items() if name != "rounds"}
    data = xgb.DMatrix(features, nthread=1)
    data.set_float_info("label_lower_bound", lower)
    data.set_float_info("label_upper_bound", upper)
    settings |= {"tree_method": "hist", "nthread": 1, "seed": 1}
    settings["base_score"] = float(np.median(np.maximum(lower, 0.5)))
    return bytes(xgb.train(settings, data, int(parameters["rounds"])).save_raw("ubj"))


def predict_median(artefact: bytes, features: Matrix) -> Vector:
    """Months by which half of such stocks have met the event."""
    if not len(features):
        return np.empty(0)
    return booster_of(artefact).predict(xgb.DMatrix(features, nthread=1)).astype(np.float64)


def survival_shares(median: Vector, scale: float, months: Vector) -> Vector:
    """Probability that the event has not come after so many months (log-logistic)."""
    return 1 / (1 + (months / median) ** (1 / scale))


def _bounds(months: Vector, observed: Vector) -> tuple[Vector, Vector]:
    """What was known of a duration after so many months of observation."""
    has_come = months <= observed
    return np.where(has_come, months - 1, observed), np.where(has_come, months, np.inf)


def columns_of_durations(catalogue: pa.Table) -> str:
    """What training and scoring read of the examples, as a projection: at full scale the rest would fill the memory."""
    return ", ".join(
        dict.fromkeys([*KEYS, *catalogue["feature"].to_pylist(), "month_number", "is_dead_stock", *EVENTS.values()])
    )


def train_survival(
    examples: pa.Table,
    scoring_dates: pa.Table,
    catalogue: pa.Table,
    fitted_before: pa.Table | None = None,
    progress: Progress = _quiet,
) -> pa.Table:
    """Fit a survival model per event at every training origin, on all dates before it.

    Args:
        examples: keys, month_number, the catalogued features, is_dead_stock, and the months to each event
            (null where it has not come by the last date).
        scoring_dates: trained_on.
        catalogue: feature.
        fitted_before: run_id, artefact and held_out of an earlier build.
        progress: told of each origin.

    Returns:
        Run cards as of `training.train_models`; target is the event. An event that came after the origin is
        unknown to it: the stock is censored there. No card where there was no stock that the event could come to.
    """
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
    names = sorted(catalogue["feature"].to_pylist())
    matrix, days = feature_matrix(examples, names), to_days(examples["valuation_date"])
    month = examples["month_number"].to_numpy().astype(np.float64)
    is_dead = examples["is_dead_stock"].to_numpy(zero_copy_only=False)
    durations = {
        event: examples[column].cast(pa.float64()).to_numpy(zero_copy_only=False) for event, column in EVENTS.items()
    }
    hashes = hash_by_date(days, matrix, is_dead)
    version = version_of("survival.py")
    stored = by_run(fitted_before)
    parameters = json.dumps(_PARAMETERS, sort_keys=True)

    def fit(job: tuple[int, str]) -> dict[str, object] | None:
        origin, event = job
        at_origin = np.datetime64(origin, "D").astype("datetime64[M]").astype(int)
        first = np.datetime64(int(days[0]), "D").astype("datetime64[M]").astype(int)
        observed = at_origin - first + month[0] - month
        rows = np.flatnonzero((observed > 0) & ~(is_dead if event == "dead_stock" else np.zeros_like(is_dead)))
        rows = rows[:: max(1, -(-len(rows) // _MOST_EXAMPLES))]
        if not len(rows):
            return None
        lower, upper = _bounds(durations[event][rows], observed[rows])
        digest = hashlib.sha256("".join(hashes[int(day)] for day in np.unique(days[rows])).encode())
        digest.update(lower.tobytes() + upper.tobytes())
        data_hash = digest.hexdigest()[:16]
        described = "/".join([MODEL, event, str(origin), data_hash, version, parameters, *names])
        run_id = hashlib.sha256(described.encode()).hexdigest()[:16]
        if run_id not in stored:
            stored[run_id] = fit_durations(matrix[rows], lower, upper, _PARAMETERS), None
        return {
            "origin_date": origin,
            "model": MODEL,
            "target": event,
            "run_id": run_id,
            "artefact": stored[run_id][0],
            "features": json.dumps(names),
            "parameters": parameters,
            "data_hash": data_hash,
            "code_version": version,
            "training_rows": len(rows),
            "training_dates": len(np.unique(days[rows])),
            "held_out": None,
        }

    origins = to_days(pa.chunked_array([pc.unique(scoring_dates["trained_on"]).sort()]))
    cards = []
    with ThreadPoolExecutor(_THREADS) as pool:
        jobs = [(int(day), event) for day in origins for event in EVENTS] if len(examples) else []
        for card in filter(None, pool.map(fit, jobs)):
            cards.append(card)
            progress(f"trained {card['target']} up to origin {np.datetime64(card['origin_date'], 'D')}")
    return card_table(cards)


def score_survival(
    examples: pa.Table, scoring_dates: pa.Table, trained: pa.Table, progress: Progress = _quiet
) -> pa.Table:
    """The median months to each event at every scoring date.

    Args:
        examples: as for `train_survival`.
        scoring_dates: valuation_date, trained_on.
        trained: the run cards of `train_survival`.
        progress: told of each event.

    Returns:
        Keys, target, run_id, median_months and scale: the log-logistic of `survival_shares`. Stock that is dead
        already has no row for dead_stock.
    """
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
    days = to_days(examples["valuation_date"])
    is_dead = examples["is_dead_stock"].to_numpy(zero_copy_only=False)
    names = json.loads(trained["features"][0].as_py()) if len(trained) else []
    matrix = feature_matrix(examples, names) if names else np.empty((len(examples), 0), np.float32)
    origins = to_days(trained["origin_date"]).tolist() if len(trained) else []
    cards = {(day, card["target"]): card for day, card in zip(origins, trained.to_pylist(), strict=True)}
    dates = scoring_dates.sort_by("valuation_date")
    pairs = list(zip(to_days(dates["valuation_date"]).tolist(), to_days(dates["trained_on"]).tolist(), strict=True))
    empty = examples.select(KEYS).slice(0, 0)
    scored = [_scores(empty, "", {"run_id": "", "parameters": '{"aft_loss_distribution_scale": 1}'}, np.empty(0))]
    for event in EVENTS:
        for day, trained_on in pairs:
            if (trained_on, event) not in cards:
                continue
            rows = np.flatnonzero((days == day) & ~is_dead if event == "dead_stock" else days == day)
            card = cards[trained_on, event]
            scored.append(
                _scores(examples.select(KEYS).take(rows), event, card, predict_median(card["artefact"], matrix[rows]))
            )
        progress(f"scored {len(scoring_dates)} dates with {event}")
    return pa.concat_tables(scored)


def _scores(keys: pa.Table, event: str, card: dict[str, str], median: Vector) -> pa.Table:
    scale = float(json.loads(card["parameters"])["aft_loss_distribution_scale"])
    return (
        keys.append_column("target", pa.array([event] * len(keys), pa.string()))
        .append_column("run_id", pa.array([card["run_id"]] * len(keys), pa.string()))
        .append_column("median_months", pa.array(median))
        .append_column("scale", pa.array(np.full(len(keys), scale)))
    )
