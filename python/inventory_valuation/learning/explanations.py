"""Why a model says what it says: additive contributions per prediction, worded for a controller."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from inventory_valuation.exact import to_days
from inventory_valuation.learning.estimators import (
    NRV,
    SELL_THROUGH,
    Matrix,
    Vector,
    contributed,
)
from inventory_valuation.learning.training import KEYS, all_columns, feature_matrix
from inventory_valuation.run_cards import by_origin

Numbers = NDArray[np.int64]

_OF_RULES = {
    "static_ageing_rate": ("Loss by the ageing policy", "The ageing policy reserves {value:.0%} of the cost"),
    "calibrated_ageing_rate": ("Loss by age", "Stock of this age lost {value:.0%} of its cost in the past"),
    "calibrated_recency_rate": (
        "Loss by days since the last sale",
        "Stock that last sold this long ago lost {value:.0%} of its cost in the past",
    ),
    "calibrated_coverage_rate": (
        "Loss by cover",
        "Stock with this many months of demand lost {value:.0%} of its cost in the past",
    ),
    "movement_rate_rate": (
        "Loss by turns",
        "Stock that turns over this often lost {value:.0%} of its cost in the past",
    ),
}
_OF_GIVEN = [
    *(
        {"feature": name, "family": "rule", "unit": "share", "definition": definition, "reason_text": text}
        for name, (definition, text) in _OF_RULES.items()
    ),
    {
        "feature": NRV,
        "family": "nrv",
        "unit": "share",
        "definition": "Cost less net realizable value",
        "reason_text": "Net realizable value is {value:.0%} below cost",
    },
    {
        "feature": SELL_THROUGH,
        "family": "sell_through",
        "unit": "share",
        "definition": "Loss of the units on hand, each for itself, by the demand and prices to expect",
        "reason_text": "Units that stay unsold or sell below cost are expected to lose {value:.0%} of the cost",
    },
]
_ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (day|month|unit|equal customer)s\b")
_SIGNED_NOTHING = re.compile(r"[+-](0(?:\.0+)?)(?![\d.])")
_AT_MOST = re.compile(r"at most (\d+)")
_BASELINE, _REST = -1, -2
_UNFEATURED = {
    _BASELINE: ("baseline", "Average loss rate of the stock that the model learned from"),
    _REST: ("rest", "All weaker reasons together"),
}
_MOST_FAMILIES = 4
_DIGITS = 4


def explain(examples: pa.Table, trained: pa.Table, catalogue: pa.Table) -> pa.Table:
    """The reasons behind each champion's loss rate, a family of features each.

    Args:
        examples: keys, the catalogued features and the given rates of the positions to explain, and the model and
            the origin (trained_on) that served each.
        trained: run cards.
        catalogue: feature, family, definition, unit, reason_text: a template with {value}; with {since}, the day that
            lies so many days before the valuation date; with {root} or {inverse} of the value; what stands before a
            bar is said in its place where the value reads as nothing.

    Returns:
        Keys, driver_rank (0: the baseline; then the four strongest families; then the rest in one row), feature (the
        one that words the family), family, contribution_rate and reason. The contributions of a position add up to the
        predicted rate before it is held between 0 and 1; what adds nothing has no row.
    """
    artefacts = by_origin(trained)
    features = dict(zip(trained["model"].to_pylist(), trained["features"].to_pylist(), strict=True))
    examples = examples.sort_by([(key, "ascending") for key in ("valuation_date", "model", *KEYS[:2])])
    texts = {row["feature"]: row for row in [*catalogue.to_pylist(), *_OF_GIVEN]}
    columns = all_columns(trained) if len(trained) else []
    nowhere, nothing = np.empty(0, np.int64), np.empty(0)
    parts = [_driver_rows(examples.select(KEYS).slice(0, 0), nowhere, nowhere, nothing, nothing, [], texts)]
    served = examples.select(["valuation_date", "model", "trained_on"])
    for champion in served.group_by(served.column_names, use_threads=False).aggregate([]).to_pylist():
        day, model = champion["valuation_date"], champion["model"]
        rows = examples.filter((pc.field("valuation_date") == day) & (pc.field("model") == model))
        (trained_on,) = to_days(pa.array([champion["trained_on"]]))
        names = json.loads(features[model])
        places = [columns.index(name) for name in names]
        matrix = feature_matrix(rows, columns)
        shares = contributed(model, artefacts[int(trained_on)], matrix)[:, [*places, -1]]
        matrix = matrix[:, places]
        sums, wording = _by_family(shares[:, :-1], matrix, np.array([texts[name]["family"] for name in names]))
        order = np.argsort(-np.abs(sums), axis=1, kind="stable")
        sums, wording = (np.take_along_axis(values, order, axis=1) for values in (sums, wording))
        if sums.shape[1] > _MOST_FAMILIES:
            rest = sums[:, _MOST_FAMILIES:].sum(axis=1)
            sums = np.column_stack([sums[:, :_MOST_FAMILIES], rest])
            wording = np.column_stack([wording[:, :_MOST_FAMILIES], np.full(len(rows), _REST)])
        rates = np.column_stack([shares[:, -1], sums])
        chosen = np.column_stack([np.full(len(rows), _BASELINE), wording])
        told = rates != 0
        told[:, 0] = True
        positions, ranks = np.nonzero(told)
        values = np.take_along_axis(matrix, chosen, axis=1)[told].astype(float)
        keys = rows.select(KEYS).take(pa.array(positions))
        parts.append(_driver_rows(keys, ranks, chosen[told], values, rates[told], names, texts))
    return pa.concat_tables(parts)


def _by_family(shares: Vector, matrix: Matrix, families: NDArray[np.str_]) -> tuple[Vector, Numbers]:
    """What each family adds to each row, and the column that words it; rows by families.

    A family is worded by its strongest feature in the direction of its sum, and by one that is not known only where no
    known one points there: "not known" tells a controller little.
    """
    sums, wording = [], []
    for family in dict.fromkeys(families.tolist()):
        places = np.flatnonzero(families == family)
        total = shares[:, places].sum(axis=1)
        pushing = shares[:, places] * np.sign(total)[:, None]
        known = np.where(np.isnan(matrix[:, places]), 0, pushing)
        pointing = np.where(known.max(axis=1, keepdims=True) > 0, known, pushing)
        sums.append(total)
        wording.append(places[pointing.argmax(axis=1)])
    return np.column_stack(sums), np.column_stack(wording)


def _driver_rows(
    keys: pa.Table,
    ranks: Numbers,
    chosen: Numbers,
    values: Vector,
    rates: Vector,
    names: list[str],
    texts: dict[str, dict[str, str]],
) -> pa.Table:
    """Drivers of one valuation date in words, feature by feature, each distinct value once."""
    feature, family, reason = (np.empty(len(chosen), dtype=object) for _ in range(3))
    for number, (name, words) in _UNFEATURED.items():
        rows = np.flatnonzero(chosen == number)
        feature[rows], family[rows], reason[rows] = name, name, words
    for number in np.unique(chosen[chosen >= 0]):
        rows = np.flatnonzero(chosen == number)
        text = texts[names[number]]
        feature[rows], family[rows] = text["feature"], text["family"]
        distinct, places = np.unique(_rounded(_in_words(values[rows], text["unit"])), return_inverse=True)
        day = keys["valuation_date"][0].as_py()
        reason[rows] = np.array([_worded(text, value, day) for value in distinct], dtype=object)[places]
    return (
        keys.append_column("driver_rank", pa.array(ranks))
        .append_column("feature", pa.array(feature, pa.string()))
        .append_column("family", pa.array(family, pa.string()))
        .append_column("contribution_rate", pa.array(rates))
        .append_column("reason", pa.array(reason, pa.string()))
    )


def _worded(text: dict[str, str], value: float, day: date) -> str:
    """A feature's sentence about a value on a day."""
    if np.isnan(value):
        definition = text["definition"].split(";")[0].rstrip(".")
        return f"Not known: {definition[:1].lower()}{definition[1:]}"
    nothing, _, template = text["reason_text"].rpartition("|")

    def told(value: float) -> str:
        since = day - timedelta(days=min(float(value), day.toordinal() - 1)) if text["unit"] == "days" else None
        words = template.format(value=value, since=since, root=max(value, 0) ** 0.5, inverse=1 / value if value else 0)
        return _ONE_OF_MANY.sub(r"1 \1", _SIGNED_NOTHING.sub(r"\1", words))

    if nothing and (value == 0 or ("{" in template and told(value) == told(0.0))):
        return nothing
    most = _AT_MOST.search(text["definition"])
    reached = most and value >= float(most[1])
    return (
        told(value).replace(f"{most[1]} {text['unit']}", f"{most[1]} {text['unit']} or more")
        if reached
        else told(value)
    )


def _in_words(values: Vector, unit: str) -> Vector:
    """Values as a controller reads them: a midpoint change of -2 to 2 as an ordinary one, at most tenfold."""
    if unit != "change":
        return values
    return np.minimum((2 + values) / np.maximum(2 - values, 0.2), 11) - 1


def _rounded(values: Vector) -> Vector:
    """Values to four digits or to the whole: no sentence tells more, and each distinct value is worded once."""
    sizes = np.abs(np.where(np.isnan(values) | (values == 0), 1.0, values))
    scale = 10.0 ** np.maximum(_DIGITS - 1 - np.floor(np.log10(sizes)), 0)
    return np.round(values * scale) / scale
