"""What the champion's loss rate rests on: permutation importance, partial dependence and interactions.

All ask the models of past origins about positions they never saw, and change nothing but what they are shown. Few
positions, evenly taken, tell as much as all of them; draws are seeded, so that a rebuild tells the same.
"""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.exact import to_days
from inventory_valuation.learning.estimators import GIVEN, NRV, SELL_THROUGH, Matrix, Vector, predicted
from inventory_valuation.learning.training import all_columns, feature_matrix, one_blas_thread
from inventory_valuation.run_cards import by_origin

_REPEATS = 4
_POSITIONS = 1_000
_FEATURES = 15
_CURVES = 12
_GRID = 9
_PAIR_GRID = 5
_PAIRED = 6
_BACKGROUND = 300
_THREADS = 2
_FEED = re.compile(r"(.+)_change_")

HeldOut = list[tuple[int, dict[str, bytes], Matrix, Vector, Vector]]


def _held_out(examples: pa.Table, scoring_dates: pa.Table, trained: pa.Table) -> tuple[HeldOut, list[str]]:
    """The dates with an outcome: day, models of its origin, features, realised loss rate and cost."""
    columns = all_columns(trained)
    artefacts = by_origin(trained)
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", "item_id", "location_id")])
    days, matrix = to_days(examples["valuation_date"]), feature_matrix(examples, columns)
    happened, cost = (
        examples[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("realised_loss_rate", "cost_value")
    )
    dates = scoring_dates.sort_by("valuation_date")
    held_out: HeldOut = []
    for day, trained_on in zip(to_days(dates["valuation_date"]), to_days(dates["trained_on"]), strict=True):
        rows = np.flatnonzero((days == day) & ~np.isnan(happened) & (cost > 0))
        rows = rows[:: max(1, -(-len(rows) // _POSITIONS))]
        if len(rows):
            held_out.append((int(day), artefacts[int(trained_on)], matrix[rows], happened[rows], cost[rows]))
    return held_out, columns


def _error(predictions: Vector, happened: Vector, cost: Vector) -> float:
    """Root of the mean squared error of the loss rate, weighted by cost: what chooses the champion."""
    return float(np.sqrt(np.average((predictions - happened) ** 2, weights=cost)))


@one_blas_thread
def permutation_importance(
    examples: pa.Table, scoring_dates: pa.Table, trained: pa.Table, champions: pa.Table, catalogue: pa.Table
) -> pa.Table:
    """How much worse the champion's loss rate gets when what is known of a subject is dealt out anew among positions.

    Args:
        examples: keys, the features, the given rates, realised_loss_rate and cost_value.
        scoring_dates: valuation_date, trained_on.
        trained: run cards.
        champions: valuation_date, model; the latest is explained.
        catalogue: feature, family.

    Returns:
        valuation_date, model, subject_type (family, feed of the market, or feature), subject, family, error, and
        its increase: mean and standard deviation over the deals. The features are those whose increase is largest.

    Source:
        Breiman (2001); a family is dealt out as a whole (grouped), for its features stand in for one another.
    """
    if not len(trained) or not len(champions):
        return _importance_table([])
    held_out, columns = _held_out(examples, scoring_dates, trained)
    model = champions.sort_by("valuation_date")["model"][-1].as_py()
    families = dict(zip(catalogue["feature"].to_pylist(), catalogue["family"].to_pylist(), strict=True))
    families |= {name: {NRV: "nrv", SELL_THROUGH: "sell_through"}.get(name, "rule") for name in GIVEN}
    family_of = [families[name] for name in columns]
    of_market = [_FEED.match(name) if families.get(name) == "market" else None for name in columns]
    feeds = [found[1] if found else "" for found in of_market]
    groups = {("feed", name): [i for i, of in enumerate(feeds) if of == name] for name in sorted({*feeds} - {""})}
    groups |= {("family", name): [i for i, of in enumerate(family_of) if of == name] for name in sorted({*family_of})}
    singles = {("feature", name): [place] for place, name in enumerate(columns)}

    errors = [_error(predicted(model, at, matrix), happened, cost) for _, at, matrix, happened, cost in held_out]

    def increases(job: tuple[int, tuple[str, str], list[int], int]) -> dict[str, object]:
        number, (kind, subject), places, repeats = job
        day, artefacts, matrix, happened, cost = held_out[number]
        random = np.random.default_rng([number, *subject.encode()])
        dealt = np.tile(matrix, (repeats, 1))
        for shown in np.split(dealt, repeats):
            shown[:, places] = matrix[random.permutation(len(matrix))][:, places]
        rates = np.split(predicted(model, artefacts, dealt), repeats)
        rises = [_error(rate, happened, cost) - errors[number] for rate in rates]
        return {
            "valuation_date": day,
            "model": model,
            "subject_type": kind,
            "subject": subject,
            "family": family_of[places[0]],
            "error": errors[number],
            "error_increase": float(np.mean(rises)),
            "repeat_deviation": float(np.std(rises, ddof=1)) if repeats > 1 else 0.0,
        }

    with ThreadPoolExecutor(_THREADS) as pool:
        # One deal at the latest date says which single features are worth the full measure.
        first = (
            list(pool.map(increases, [(len(held_out) - 1, *single, 1) for single in singles.items()]))
            if held_out
            else []
        )
        first.sort(key=lambda row: (-row["error_increase"], row["subject"]))
        top = {("feature", row["subject"]): singles["feature", row["subject"]] for row in first[:_FEATURES]}
        jobs = [(number, *subject, _REPEATS) for number in range(len(held_out)) for subject in (groups | top).items()]
        rows = list(pool.map(increases, jobs))
    return _importance_table(rows)


def _importance_table(rows: list[dict[str, object]]) -> pa.Table:
    table = pa.Table.from_pylist(rows, _IMPORTANCE)
    return table.set_column(0, "valuation_date", table["valuation_date"].cast(pa.date32()))


def _latest(
    examples: pa.Table, trained: pa.Table, champions: pa.Table
) -> tuple[str, dict[str, bytes], Matrix, list[str]]:
    """The latest champion, the models of its origin, and an even sample of the positions of its date."""
    champion = champions.sort_by("valuation_date").slice(len(champions) - 1).to_pylist()[0]
    rows = examples.filter(pa.compute.equal(examples["valuation_date"], champion["valuation_date"]))
    rows = rows.sort_by([("item_id", "ascending"), ("location_id", "ascending")])
    columns = all_columns(trained)
    matrix = feature_matrix(rows, columns)[:: max(1, -(-len(rows) // _BACKGROUND))]
    of_origin = trained.filter(pa.compute.equal(trained["origin_date"], champion["trained_on"]))
    artefacts = dict(zip(of_origin["model"].to_pylist(), of_origin["artefact"].to_pylist(), strict=True))
    return champion["model"], artefacts, matrix, columns


def _grid(values: Vector, points: int) -> Vector:
    """Evenly filled points of what is known of a feature."""
    known = values[~np.isnan(values)]
    return np.unique(np.quantile(known, (np.arange(points) + 0.5) / points)) if len(known) else np.empty(0)


def _responses(model: str, artefacts: dict[str, bytes], matrix: Matrix, settings: list[dict[int, float]]) -> Vector:
    """Mean prediction of the positions with some of their features set to the same values."""
    tiled = np.tile(matrix, (len(settings), 1)).reshape(len(settings), *matrix.shape)
    for shown, setting in zip(tiled, settings, strict=True):
        for place, value in setting.items():
            shown[:, place] = value
    return predicted(model, artefacts, tiled.reshape(-1, matrix.shape[1])).reshape(len(settings), -1).mean(axis=1)


def _strongest(importance: pa.Table, count: int) -> list[str]:
    """Features by their mean increase of the error, the strongest first."""
    increase: dict[str, list[float]] = {}
    for row in importance.filter(pa.compute.equal(importance["subject_type"], "feature")).to_pylist():
        increase.setdefault(row["subject"], []).append(row["error_increase"])
    return sorted(increase, key=lambda name: (-float(np.mean(increase[name])), name))[:count]


@one_blas_thread
def partial_dependence(examples: pa.Table, trained: pa.Table, champions: pa.Table, importance: pa.Table) -> pa.Table:
    """The mean loss rate of the latest positions if one feature were the same for all of them.

    Args:
        examples: as for `permutation_importance`.
        trained: run cards.
        champions: valuation_date, trained_on, model.
        importance: the result of `permutation_importance`.

    Returns:
        model, feature, grid_point (from 1), feature_value and predicted_loss_rate, for the strongest features.

    Source:
        Friedman (2001).
    """
    rows: list[dict[str, object]] = []
    if len(trained) and len(champions) and len(examples):
        model, artefacts, matrix, columns = _latest(examples, trained, champions)
        for feature in _strongest(importance, _CURVES):
            place = columns.index(feature)
            grid = _grid(matrix[:, place].astype(np.float64), _GRID)
            means = _responses(model, artefacts, matrix, [{place: value} for value in grid]) if len(grid) else []
            for point, (value, mean) in enumerate(zip(grid, means, strict=True), start=1):
                rows.append(
                    {
                        "model": model,
                        "feature": feature,
                        "grid_point": point,
                        "feature_value": float(value),
                        "predicted_loss_rate": float(mean),
                    }
                )
    return pa.Table.from_pylist(rows, _DEPENDENCE)


def unadditive_share(surface: NDArray[np.float64]) -> float:
    """Share of the variance of a joint effect that the two effects by themselves do not add up to."""
    centred = surface - surface.mean()
    rest = centred - centred.mean(axis=0, keepdims=True) - centred.mean(axis=1, keepdims=True)
    total = float((centred**2).sum())
    return float((rest**2).sum()) / total if total > 0 else 0.0


@one_blas_thread
def feature_interactions(
    examples: pa.Table,
    trained: pa.Table,
    champions: pa.Table,
    importance: pa.Table,
    named_pairs: pa.Table,
) -> pa.Table:
    """How far two features act together beyond what each does: the strongest with each other, and pairs by name.

    Args:
        examples: as for `permutation_importance`.
        trained: run cards.
        champions: valuation_date, trained_on, model.
        importance: the result of `permutation_importance`.
        named_pairs: feature, other_feature.

    Returns:
        model, feature, other_feature, is_named, interaction_share (the square of Friedman's H, on a grid of
        quantiles) and interaction_rate (its root mean square, in points of the loss rate). A pair of which
        the model never sees a feature has no row.

    Source:
        Friedman and Popescu (2008).
    """
    rows: list[dict[str, object]] = []
    if len(trained) and len(champions) and len(examples):
        model, artefacts, matrix, columns = _latest(examples, trained, champions)
        named = list(zip(named_pairs["feature"].to_pylist(), named_pairs["other_feature"].to_pylist(), strict=True))
        strongest = list(itertools.combinations(_strongest(importance, _PAIRED), 2))
        for pair in [
            *(pair for pair in named if {*pair} <= {*columns}),
            *(pair for pair in strongest if pair not in named),
        ]:
            places = [columns.index(name) for name in pair]
            grids = [_grid(matrix[:, place].astype(np.float64), _PAIR_GRID) for place in places]
            if not all(map(len, grids)):
                continue
            settings = [dict(zip(places, values, strict=True)) for values in itertools.product(*grids)]
            surface = _responses(model, artefacts, matrix, settings).reshape([len(grid) for grid in grids])
            share = unadditive_share(surface)
            rows.append(
                {
                    "model": model,
                    "feature": pair[0],
                    "other_feature": pair[1],
                    "is_named": pair in named,
                    "interaction_share": share,
                    "interaction_rate": float(np.sqrt(share * surface.var())),
                }
            )
    return pa.Table.from_pylist(rows, _INTERACTION)


_IMPORTANCE = pa.schema(
    [
        ("valuation_date", pa.int32()),
        *((name, pa.string()) for name in ("model", "subject_type", "subject", "family")),
        *((name, pa.float64()) for name in ("error", "error_increase", "repeat_deviation")),
    ]
)
_DEPENDENCE = pa.schema(
    [
        ("model", pa.string()),
        ("feature", pa.string()),
        ("grid_point", pa.int64()),
        ("feature_value", pa.float64()),
        ("predicted_loss_rate", pa.float64()),
    ]
)
_INTERACTION = pa.schema(
    [
        *((name, pa.string()) for name in ("model", "feature", "other_feature")),
        ("is_named", pa.bool_()),
        ("interaction_share", pa.float64()),
        ("interaction_rate", pa.float64()),
    ]
)
