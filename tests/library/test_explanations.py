"""Explanations: a baseline, the four strongest families of features and the rest, in words a controller can read."""

import datetime
import functools
import json

import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS, GIVEN, SELL_THROUGH, contributed, predicted
from inventory_valuation.learning.explanations import _by_family, _in_words, _rounded, _worded, explain
from inventory_valuation.learning.importance import importances
from inventory_valuation.learning.training import KEYS

FIRST, SECOND = datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)
FAMILIES = {
    "age_days": "stock",
    "cover_months": "stock",
    "discount": "price",
    "returns": "price",
    "seasonality": "season",
    "supplier_delay": "supply",
    "velocity": "stock",
    "colour": "kind",
    "reach": "demand",
    "turns": "velocity",
}
NAMES = list(FAMILIES)
MODELS = ("linear", "forest")
ROWS = 3000
POSITIONS = ROWS // 2


@functools.cache
def examples():
    """Two dates; the earlier named a feature, the more it matters; a fifth of the covers is unknown; all are red."""
    random = np.random.default_rng(1)
    matrix = random.uniform(0, 1, (ROWS, len(NAMES)))
    matrix[random.uniform(size=ROWS) < 0.2, 1] = np.nan
    matrix[:, NAMES.index("colour")] = 1
    keys = {
        "item_id": [f"item-{number % POSITIONS:04}" for number in range(ROWS)],
        "location_id": ["A"] * ROWS,
        "valuation_date": pa.array([FIRST] * POSITIONS + [SECOND] * POSITIONS, pa.date32()),
    }
    values = {name: pa.array(column, from_pandas=True) for name, column in zip(NAMES, matrix.T, strict=True)}
    return pa.table(keys | values | {name: random.uniform(0, 1, ROWS) for name in GIVEN})


def matrix_of(table, names):
    return np.column_stack([table[name].to_numpy() for name in names]).astype(np.float32)


@functools.cache
def trained(*names):
    names = names or tuple(NAMES)
    matrix = matrix_of(examples(), names)
    strength = np.linspace(0.3, 0.1, len(names))
    target = np.clip(np.nan_to_num(matrix, nan=1) @ strength - 0.2, 0, 1)
    rows = [
        {
            "origin_date": FIRST,
            "model": model,
            "run_id": f"run of {model}",
            "features": json.dumps(names),
            "artefact": ESTIMATORS[model].fit(matrix, target, np.ones(ROWS), (0,) * len(names)),
        }
        for model in (*MODELS, "obsolescence_forest")
    ]
    return pa.Table.from_pylist(rows).set_column(0, "origin_date", pa.array([FIRST] * 3, pa.date32()))


def served(*models):
    """The examples of one date for each model, served by it."""
    rows = examples().slice(0, POSITIONS * len(models))
    return rows.append_column("model", pa.array(np.repeat(models, POSITIONS).tolist(), pa.string())).append_column(
        "trained_on", pa.array([FIRST] * len(rows), pa.date32())
    )


def catalogue():
    rows = [
        {
            "feature": name,
            "family": family,
            "definition": f"The {name}; null where none.",
            "unit": "months",
            "reason_text": f"{name} is {{value:.2f}}",
        }
        for name, family in FAMILIES.items()
    ]
    return pa.Table.from_pylist(rows)


def by_item(rows):
    """Driver rows of each item, in their order."""
    found = {}
    for row in rows:
        found.setdefault(row["item_id"], []).append(row)
    return found


@functools.cache
def drivers(model, *names):
    """Of each position at the first date its rows, by rank, its features and all contributions, by feature."""
    names = names or tuple(NAMES)
    rows = by_item(explain(served(model), trained(*names), catalogue()).to_pylist())
    card = next(card for card in trained(*names).to_pylist() if card["model"] == model)
    there = examples().slice(0, POSITIONS)
    matrix = matrix_of(there, names)
    shares = ESTIMATORS[model].contribute(card["artefact"], matrix)
    return [
        (rows[item], dict(zip(names, values, strict=True)), dict(zip([*names, "baseline"], parts, strict=True)))
        for item, values, parts in zip(there["item_id"].to_pylist(), matrix, shares, strict=True)
    ]


def named(rows):
    """The driver rows of families that are named."""
    return [row for row in rows if row["family"] not in ("baseline", "rest")]


@pytest.mark.parametrize("model", MODELS)
def test_the_baseline_comes_first_then_four_families_the_strongest_first(model):
    for rows, _, shares in drivers(model):
        assert [row["driver_rank"] for row in rows] == list(range(len(rows)))
        assert (rows[0]["feature"], rows[0]["family"]) == ("baseline", "baseline")
        assert rows[0]["contribution_rate"] == shares["baseline"]
        assert "Average loss rate" in rows[0]["reason"]
        sizes = [abs(row["contribution_rate"]) for row in named(rows)]
        assert len(sizes) == 4 and sizes == sorted(sizes, reverse=True)
        assert (rows[5]["feature"], rows[5]["reason"]) == ("rest", "All weaker reasons together")


@pytest.mark.parametrize("model", MODELS)
def test_a_family_adds_what_its_features_add(model):
    for rows, _, shares in drivers(model):
        told = {row["family"]: row["contribution_rate"] for row in rows[1:]}
        adds = {family: sum(shares[name] for name in NAMES if FAMILIES[name] == family) for family in FAMILIES.values()}
        for family in told.keys() - {"rest"}:
            assert told[family] == pytest.approx(adds[family], abs=1e-12)
        assert max(abs(adds[family]) for family in adds.keys() - told.keys()) <= min(
            abs(row["contribution_rate"]) for row in named(rows)
        )
        assert sum(row["contribution_rate"] for row in rows) == pytest.approx(sum(shares.values()), abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_a_family_is_worded_by_its_strongest_known_feature_in_the_direction_of_its_sum(model):
    for rows, values, shares in drivers(model):
        for row in named(rows):
            feature, sign = row["feature"], np.sign(row["contribution_rate"])
            assert FAMILIES[feature] == row["family"] and sign * shares[feature] > 0
            stronger = [
                name
                for name in NAMES
                if FAMILIES[name] == row["family"] and sign * shares[name] > sign * shares[feature]
            ]
            assert all(np.isnan(values[name]) for name in stronger)
            assert row["reason"] == f"{feature} is {_rounded(float(values[feature])):.2f}" or np.isnan(values[feature])


def test_what_is_not_known_words_a_family_only_where_nothing_known_points_there():
    reasons = {row["reason"] for rows, _, _ in drivers("linear") for row in rows if row["feature"] == "cover_months"}
    assert "Not known: the cover_months" in reasons
    for rows, values, shares in drivers("linear"):
        for row in rows:
            if row["reason"].startswith("Not known"):
                assert np.isnan(values["cover_months"])
                sign = np.sign(row["contribution_rate"])
                assert max(sign * shares["age_days"], sign * shares["velocity"]) <= 0


def test_of_two_families_one_is_worded_by_the_weaker_but_known_one_by_the_only_one():
    shares = np.array([[0.3, 0.1, -0.3, 0.1, 0.1]])
    matrix = np.array([[np.nan, 1, 1, np.nan, 2]], np.float32)
    sums, wording = _by_family(shares, matrix, np.array(["stock", "stock", "stock", "supply", "demand"]))
    assert sums.tolist() == [[pytest.approx(0.1), 0.1, 0.1]]
    assert wording.tolist() == [[1, 3, 4]]


def test_a_family_that_adds_nothing_has_no_row():
    for rows, _, shares in drivers("forest"):
        assert shares["colour"] == 0
        assert "kind" not in {row["family"] for row in rows}


def test_a_model_of_three_features_has_drivers_of_their_families_alone():
    for rows, _, shares in drivers("linear", *NAMES[:3]):
        assert [row["driver_rank"] for row in rows] == [0, 1, 2]
        assert {row["family"] for row in rows} == {"baseline", "stock", "price"}
        assert sum(row["contribution_rate"] for row in rows) == pytest.approx(sum(shares.values()), abs=1e-12)


def test_positions_of_one_date_are_explained_by_the_model_that_serves_each():
    models = ["linear" if number % 2 else "forest" for number in range(POSITIONS)]
    rows = served("linear")
    rows = rows.set_column(rows.column_names.index("model"), "model", pa.array(models))
    explained = by_item(explain(rows, trained(), catalogue()).to_pylist())
    for parity, model in enumerate(("forest", "linear")):
        alone = by_item(explain(served(model), trained(), catalogue()).to_pylist())
        for number in range(parity, POSITIONS, 2):
            assert explained[f"item-{number:04}"] == alone[f"item-{number:04}"]


def test_every_date_is_explained_by_its_own_champion():
    both = explain(served("linear", "forest"), trained(), catalogue()).to_pylist()
    keys = [tuple(row[key] for key in (*KEYS, "driver_rank")) for row in both]
    assert len(keys) == len(set(keys))
    for day, model in ((FIRST, "linear"), (SECOND, "forest")):
        baselines = {
            row["contribution_rate"] for row in both if row["valuation_date"] == day and not row["driver_rank"]
        }
        (artefact,) = (card["artefact"] for card in trained().to_pylist() if card["model"] == model)
        shares = ESTIMATORS[model].contribute(artefact, matrix_of(examples(), NAMES))
        assert baselines == {shares[0, -1]}


def test_what_an_ensemble_says_is_what_its_columns_add_up_to():
    """But for the linear part, which is held between 0 and 1 only as a whole."""
    everything = matrix_of(examples().slice(0, 300), [*NAMES, *GIVEN])
    target = np.clip(np.nan_to_num(everything, nan=0.5) @ np.full(everything.shape[1], 0.1), 0.2, 0.8)
    artefacts = {}
    for model in ENSEMBLES["ensemble"]:
        estimator = ESTIMATORS[model]
        seen = everything[:, estimator.sees]
        artefacts[model] = estimator.fit(seen, target, np.ones(300), (0,) * seen.shape[1])
    shares = contributed("ensemble", artefacts, everything)
    assert shares.shape == (300, everything.shape[1] + 1)
    assert shares.sum(axis=1) == pytest.approx(predicted("ensemble", artefacts, everything), abs=1e-6)
    assert np.abs(shares[:, -2]).max() > 0.1


def test_the_loss_unit_by_unit_is_a_family_of_its_own():
    everything = matrix_of(examples(), [SELL_THROUGH])
    given = ESTIMATORS["sell_through"]
    artefact = given.fit(everything, everything[:, 0], np.ones(ROWS), ())
    card = {"origin_date": FIRST, "model": "sell_through", "run_id": "run", "features": json.dumps([SELL_THROUGH])}
    cards = pa.Table.from_pylist([*trained().to_pylist(), {**card, "artefact": artefact}], trained().schema)
    explained = by_item(explain(served("sell_through"), cards, catalogue()).to_pylist())
    for item, rate in zip(explained, everything[:, 0], strict=False):
        baseline, driver = explained[item]
        assert (driver["feature"], driver["family"]) == (SELL_THROUGH, "sell_through")
        assert baseline["contribution_rate"] + driver["contribution_rate"] == pytest.approx(rate)
        told = _rounded(np.array([rate], float))[0]
        assert driver["reason"] == (
            f"Units that stay unsold or sell below cost are expected to lose {told:.0%} of the cost"
        )


def test_a_missing_feature_is_named():
    with pytest.raises(KeyError, match="velocity"):
        explain(served("linear").drop_columns("velocity"), trained(), catalogue())


# Importances


def test_shares_of_the_fit_add_up_to_1_in_every_run():
    rows = importances(trained()).to_pylist()
    for model in ("forest", "obsolescence_forest"):
        shares = {row["feature"]: row["gain_share"] for row in rows if row["model"] == model}
        assert list(shares) == NAMES
        assert sum(shares.values()) == pytest.approx(1)
        assert min(shares.values()) >= 0
        assert shares["age_days"] > shares["velocity"]


def test_linear_runs_have_no_shares_of_the_fit():
    assert {row["run_id"] for row in importances(trained()).to_pylist()} == {
        "run of forest",
        "run of obsolescence_forest",
    }


def test_a_midpoint_change_is_told_as_an_ordinary_one():
    told = _in_words(np.array([-2.0, -2 / 3, 0.0, 2 / 3, 2.0]), "change")
    assert told == pytest.approx([-1.0, -0.5, 0.0, 1.0, 10.0])
    assert _in_words(np.array([7.0]), "months") == [7.0]


def test_values_are_told_to_four_digits_or_to_the_whole():
    told = _rounded(np.array([0.123449, -12.3449, 0.0, 123456.7, np.nan]))
    assert told[:4].tolist() == [0.1234, -12.34, 0.0, 123457.0]
    assert np.isnan(told[4])


def test_days_back_are_told_as_a_month():
    text = {"definition": "Days since it.", "unit": "days", "reason_text": "Successor launched in {since:%B %Y}"}
    assert _worded(text, 30.0, SECOND) == "Successor launched in January 2024"
    assert _worded(text, np.nan, SECOND) == "Not known: days since it"


@pytest.mark.parametrize(
    ("reason_text", "unit", "value", "told"),
    [
        ("Not discontinued|Discontinued", "flag", 0.0, "Not discontinued"),
        ("Not discontinued|Discontinued", "flag", 1.0, "Discontinued"),
        ("Not marked down|Marked down by {value:.0%}", "share", 0.004, "Not marked down"),
        ("Not marked down|Marked down by {value:.0%}", "share", 0.25, "Marked down by 25%"),
        ("Cover of {value:.0f} months", "months", 1.2, "Cover of 1 month"),
        ("Cover of {value:.0f} months", "months", 21.0, "Cover of 21 months"),
        ("Cover of {value:.0f} months", "months", 120.0, "Cover of 120 months or more"),
        ("Sentiment {value:+.0%} against last year", "share", -0.001, "Sentiment 0% against last year"),
        (
            "Order sizes differ by {root:.0%} from their mean",
            "ratio",
            0.49,
            "Order sizes differ by 70% from their mean",
        ),
        ("Spread as over {inverse:.0f} equal customers", "index", 0.05, "Spread as over 20 equal customers"),
    ],
)
def test_a_value_is_told_in_words_that_a_controller_reads(reason_text, unit, value, told):
    text = {"definition": "Months; at most 120.", "unit": unit, "reason_text": reason_text}
    assert _worded(text, value, SECOND) == told


def test_without_a_champion_there_is_nothing_to_explain():
    explained = explain(served(), trained().slice(0, 0), catalogue())
    assert explained.num_rows == 0
    assert explained.schema.names == explain(served("linear"), trained(), catalogue()).schema.names
