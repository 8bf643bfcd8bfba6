"""Every doorway of learning takes what a small or odd company hands it: no rows, one row, nothing known, huge, tiny."""

import datetime
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inventory_valuation.forecasting.classical import METHODS, classical_forecasts
from inventory_valuation.forecasting.distributions import units_expected_to_sell
from inventory_valuation.forecasting.price_paths import price_curves
from inventory_valuation.forecasting.sell_through import LOOKS, expected_sell_through, train_sell_through
from inventory_valuation.learning.drift import feature_drift
from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS, GIVEN
from inventory_valuation.learning.explanations import explain
from inventory_valuation.learning.importance import importances
from inventory_valuation.learning.intervals import calibrate, loss_intervals
from inventory_valuation.learning.training import EARLIER, LABELS, score_models, train_models
from inventory_valuation.sources.categories import classify_items

HORIZON = 2
MONTHS = 6
FEATURES = ("age_days", "cover_months")
CATALOGUE = pa.table(
    {
        "feature": list(FEATURES),
        "family": ["stock", "stock"],
        "monotone": pa.array([1, 0], pa.int64()),
        "definition": ["Age of the stock", "Months it lasts"],
        "unit": ["days", "months"],
        "reason_text": ["Bought on {since:%d %B %Y}", "It lasts {value:.1f} months"],
    }
)
SHORT = {
    name: replace(of, parameters={**of.parameters, "rounds": 2} if "rounds" in of.parameters else of.parameters)
    for name, of in ESTIMATORS.items()
}

rates = st.sampled_from([0.0, 0.3, 1.0])
features = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 400.0, -2.0, 1e-9, 1e15]))
costs = st.sampled_from([0.0, 1e-4, 250.0, 1e13])
quantities = st.sampled_from([0.0, 1e-6, 3.0, 1e12])


@st.composite
def positions(draw):
    """A position at a month end, and what became of its stock."""
    return {
        "item_id": draw(st.sampled_from(["bolt", "nut"])),
        "location_id": draw(st.sampled_from(["north", "south"])),
        "month": draw(st.integers(0, MONTHS - 1)),
        **{name: draw(features) for name in FEATURES},
        **{name: draw(st.one_of(st.none(), rates)) for name in GIVEN},
        "cost_value": draw(costs),
        "realised_loss_rate": draw(rates),
        "is_obsolete": draw(st.sampled_from([0.0, 1.0])),
    }


books = st.lists(positions(), max_size=12, unique_by=lambda row: (row["item_id"], row["location_id"], row["month"]))


def month_end(number):
    return datetime.date(2024 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - datetime.timedelta(days=1)


def book(rows):
    """The examples; what happened is null where the horizon passes the last month, or where nothing could be lost."""
    table = {
        "item_id": pa.array([row["item_id"] for row in rows], pa.string()),
        "location_id": pa.array([row["location_id"] for row in rows], pa.string()),
        "valuation_date": pa.array([month_end(row["month"]) for row in rows], pa.date32()),
        "known_on": pa.array([month_end(row["month"] + HORIZON) for row in rows], pa.date32()),
    }
    for name in (*FEATURES, *GIVEN, "cost_value"):
        table[name] = pa.array([row[name] for row in rows], pa.float64())
    unripe = [row["month"] + HORIZON >= MONTHS for row in rows]
    for name in LABELS.values():
        known = [
            not late and not (name == "realised_loss_rate" and row["cost_value"] == 0)
            for row, late in zip(rows, unripe, strict=True)
        ]
        table[name] = pa.array(
            [row[name] if told else None for row, told in zip(rows, known, strict=True)], pa.float64()
        )
    table["ordinary_loss_rate"] = table["realised_loss_rate"]
    table[EARLIER] = pa.nulls(len(rows), pa.float64())
    return pa.table(table)


def windows():
    pairs = [(origin, day) for origin in range(MONTHS) for day in range(origin - HORIZON + 1)]
    return pa.table(
        {
            "origin_date": pa.array([month_end(origin) for origin, _ in pairs], pa.date32()),
            "training_date": pa.array([month_end(day) for _, day in pairs], pa.date32()),
        }
    )


def scoring_dates(examples):
    """As the model `scoring_dates`: from the first origin on that knows what became of stock with a cost."""
    known = [
        day
        for day, cost, loss in zip(
            *(examples[name].to_pylist() for name in ("valuation_date", "cost_value", "realised_loss_rate")),
            strict=True,
        )
        if cost > 0 and loss is not None
    ]
    origins = [number for number in range(MONTHS) if any(day <= month_end(number - HORIZON) for day in known)]
    days = pa.array([month_end(number) for number in origins], pa.date32())
    return pa.table(
        {
            "valuation_date": days,
            "trained_on": days,
            "horizon_months": pa.array([HORIZON] * len(days), pa.int64()),
        }
    )


def assert_finite(table):
    """Numbers are numbers: what is not known is null, never NaN, which no decimal can hold."""
    for name in table.column_names:
        if pa.types.is_floating(table[name].type):
            assert np.isfinite(table[name].drop_null().to_numpy()).all(), name


@settings(deadline=None, max_examples=25, derandomize=True)
@given(books)
@example([])
def test_models_learn_from_any_book_and_speak_of_all_of_it(rows):
    examples = book(rows)
    dates = scoring_dates(examples)
    trained = train_models(examples, windows(), dates, CATALOGUE, estimators=SHORT)
    scored = score_models(examples, windows(), dates, trained)
    assert_finite(scored)
    scored_rows = sum(row["month"] in {day.month - 1 for day in dates["valuation_date"].to_pylist()} for row in rows)
    assert len(scored) == scored_rows * (len(ESTIMATORS) + len(ENSEMBLES))
    assert scored["prediction"].null_count == 0
    rated = scored["prediction"].to_numpy()
    assert ((rated >= 0) & (rated <= 1)).all()


@settings(deadline=None, max_examples=15, derandomize=True)
@given(books)
@example([])
def test_reasons_are_given_for_whatever_was_learned(rows):
    examples = book(rows)
    dates = scoring_dates(examples)
    trained = train_models(examples, windows(), dates, CATALOGUE, estimators=SHORT)
    served = dict(zip(dates["valuation_date"].to_pylist(), dates["trained_on"].to_pylist(), strict=True))
    here = examples.filter(pa.array([day in served for day in examples["valuation_date"].to_pylist()], pa.bool_()))
    model = "calibrated_ageing" if len(rows) % 2 else "ensemble"
    told = explain(
        here.append_column("model", pa.array([model] * len(here), pa.string())).append_column(
            "trained_on", pa.array([served[day] for day in here["valuation_date"].to_pylist()], pa.date32())
        ),
        trained,
        CATALOGUE,
    )
    assert_finite(told)
    assert len(
        {tuple(row[key] for key in ("item_id", "location_id", "valuation_date")) for row in told.to_pylist()}
    ) == len(here)
    assert_finite(importances(trained))


stocks = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(1, MONTHS),
        st.sampled_from([1e-6, 3.0, 1e12]),
        costs,
        st.sampled_from([0.0, 0.4, 1e12]),
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(
    stocks,
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, MONTHS), st.sampled_from([-2.0, 5.0, 1e12])), max_size=8),
)
@example([], [])
def test_the_sell_through_is_learned_from_any_stock(rows, demands):
    stock = pa.table(
        {
            "item_id": pa.array([f"item {row[0]}" for row in rows], pa.string()),
            "location_id": pa.array(["north"] * len(rows), pa.string()),
            "valuation_date": pa.array([month_end(row[1] - 1) for row in rows], pa.date32()),
            "is_flash": pa.array([False] * len(rows), pa.bool_()),
            "month_number": pa.array([row[1] for row in rows], pa.int64()),
            "horizon_months": pa.array([HORIZON] * len(rows), pa.int64()),
            "quantity": pa.array([row[2] for row in rows], pa.float64()),
            "cost_value": pa.array([row[3] for row in rows], pa.float64()),
            **{
                f"{look}_quantity": pa.array([row[4] for row in rows], pa.float64())
                for look in ("trimmed_month", *LOOKS)
            },
        }
    )
    months = {(row[0], row[1]): row[2] for row in demands}
    history = pa.table(
        {
            "item_id": pa.array([f"item {position}" for position, _ in months], pa.string()),
            "location_id": pa.array(["north"] * len(months), pa.string()),
            "is_flash": pa.array([False] * len(months), pa.bool_()),
            "month_number": pa.array([month for _, month in months], pa.int64()),
            "demand_quantity": pa.array(list(months.values()), pa.float64()),
        }
    )
    days = stock["valuation_date"].unique()
    dates = pa.table({"valuation_date": days, "trained_on": days})
    trained = train_sell_through(stock, history, dates)
    expected = expected_sell_through(stock, history, dates, trained)
    assert_finite(expected)
    rates = expected["sold_rate"].to_numpy()
    assert ((rates >= 0) & (rates <= 1)).all()
    assert len(expected) == len(stock)


@settings(deadline=None, max_examples=25, derandomize=True)
@given(books, st.booleans())
@example([], True)
@example([], False)
def test_drift_is_measured_wherever_there_are_two_sides(rows, has_windows):
    examples = book(rows).sort_by([(key, "ascending") for key in ("valuation_date", "item_id", "location_id")])
    compared = windows().rename_columns(["trained_on", "training_date"])
    compared = compared.append_column("valuation_date", compared["trained_on"])
    importance = pa.table(
        {
            "origin_date": compared["trained_on"],
            "feature": ["cost_value"] * len(compared),
            "gain_share": [1.0] * len(compared),
        }
    )
    assert_finite(feature_drift(examples, compared if has_windows else compared.slice(0, 0), importance))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.lists(quantities, min_size=1, max_size=4), max_size=3), st.integers(1, 200))
def test_classical_forecasts_of_any_months(histories, first):
    rows = [
        (f"item-{number}", first + month, quantity)
        for number, history in enumerate(histories)
        for month, quantity in enumerate(history)
    ]
    months = pa.table(
        {
            "item_id": pa.array([row[0] for row in rows], pa.string()),
            "location_id": pa.array(["place"] * len(rows), pa.string()),
            "valuation_date": pa.array([month_end(row[1]) for row in rows], pa.date32()),
            "is_flash": pa.array([False] * len(rows), pa.bool_()),
            "month_number": pa.array([row[1] for row in rows], pa.int64()),
            "demand_quantity": pa.array([row[2] for row in rows], pa.float64()).cast(pa.decimal128(38, 6)),
        }
    )
    forecasts = classical_forecasts(months)
    assert len(forecasts) == len(rows)
    for method in METHODS:
        found = forecasts[f"{method}_quantity"].to_numpy()
        assert ((found >= 0) & (found <= 1e12)).all()


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(quantities, quantities, st.one_of(st.none(), quantities), st.sampled_from([0.0, 1.0, 1e6])),
        max_size=4,
    )
)
def test_no_lot_sells_less_than_nothing_or_more_than_itself(lots):
    sizes, firm, demand, variation = ([row[place] for row in lots] for place in range(4))
    ends = np.cumsum(np.array(sizes, float))
    units = pa.table(
        {
            "lot": pa.array(range(len(lots)), pa.int64()),
            "from_quantity": pa.array(ends - np.array(sizes, float)),
            "to_quantity": pa.array(ends),
            "firm_quantity": pa.array(np.minimum(firm, ends) if lots else np.empty(0)),
            "expected_demand_quantity": pa.array(demand, pa.float64()),
            "demand_variation": pa.array(variation, pa.float64()),
        }
    )
    sold = units_expected_to_sell(units)
    assert_finite(sold)
    for name in ("expected_sold_quantity", "stress_sold_quantity"):
        found = sold[name].to_numpy(zero_copy_only=False)
        assert (np.isnan(found) == np.array([value is None for value in demand], bool)).all()
        assert not (found < 0).any() and not (found > ends).any()


moves = st.lists(
    st.tuples(
        st.sampled_from(["bolts", "nuts"]),
        st.integers(1, 4),
        st.integers(0, 1),
        st.integers(1, 3),
        st.integers(1, HORIZON),
        st.sampled_from([0.0, 1e-4, 5.0, 1e16]),
        st.sampled_from([0.0, 0.5, 2.0]),
    ),
    max_size=5,
    unique_by=lambda row: row[:5],
)


@settings(deadline=None, derandomize=True)
@given(moves, st.integers(0, 2), st.integers(0, 5), st.integers(1, HORIZON))
def test_prices_go_on_somehow_whatever_was_sold(rows, categories, months, horizon):
    names = ["bolts", "nuts"][:categories]
    rows = [row for row in rows if row[0] in names and row[3] <= months and row[4] <= horizon]
    amounts = [row[5] for row in rows]
    later = [row[5] * row[6] for row in rows]
    table = pa.table(
        {
            "category": pa.array([row[0] for row in rows], pa.string()),
            **{
                name: pa.array([row[place] for row in rows], pa.int64())
                for place, name in enumerate(("age_band", "has_long_cover", "month_number", "month_ahead"), 1)
            },
            "sale_months": pa.array([1] * len(rows), pa.int64()),
            "present_amount": pa.array(amounts, pa.float64()),
            "later_amount": pa.array(later, pa.float64()),
            "squared_amount": pa.array([row[5] * row[6] ** 2 for row in rows], pa.float64()),
            "marked_down_amount": pa.array([row[5] * (row[6] <= 0.9) for row in rows], pa.float64()),
        }
    )
    dates = pa.table(
        {
            "valuation_date": pa.array([month_end(number) for number in range(months)], pa.date32()),
            "month_number": pa.array(range(1, months + 1), pa.int64()),
            "horizon_months": pa.array([horizon] * months, pa.int64()),
        }
    )
    curves = price_curves(table, pa.table({"category": pa.array(names, pa.string())}), dates)
    assert len(curves) == 8 * len(names) * months
    assert_finite(curves)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["", "blue bolt", "螺丝"]),
            st.sampled_from([None, "bolts", "nuts"]),
        ),
        max_size=30,
    )
)
def test_categories_are_read_from_any_descriptions(rows):
    items = pa.table(
        {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(("item_id", "description", "category"))
        }
    )
    assert_finite(classify_items(items))


@given(st.lists(rates, max_size=4), st.lists(st.tuples(rates, rates), max_size=4))
def test_what_is_known_of_no_or_few_outcomes_is_used(predictions, outcomes):
    rows = np.array(predictions, float)
    known = [(0, *(np.array(column, float) for column in zip(*outcomes, strict=True)))] if outcomes else []
    calibrated = calibrate(rows, known)
    assert len(calibrated) == len(rows) and ((calibrated >= 0) & (calibrated <= 1)).all()
    if known:
        lower, upper = loss_intervals(rows, known)
        assert ((lower >= 0) & (lower <= rows) & (rows <= upper) & (upper <= 1)).all()
    else:
        with pytest.raises(ValueError, match="at least one earlier date"):
            loss_intervals(rows, known)
