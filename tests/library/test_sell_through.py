"""What share of a stock sells: learned of every pair of date and months ahead, and of nothing later."""

import datetime
import doctest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from inventory_valuation.forecasting import sell_through
from inventory_valuation.forecasting.sell_through import LOOKS, Stock, expected_sell_through, train_sell_through

MONTHS, POSITIONS, HORIZON, ORIGIN = 20, 80, 6, 14


def month_end(number):
    year, month = divmod(number, 12)
    return datetime.date(2024 + year, month + 1, 1) - datetime.timedelta(days=1)


def company(later_demand=1.0):
    """A fast half and a half that rarely sells; the looks take it for fast too. Demand after the origin is scaled."""
    random = np.random.default_rng(3)
    demand = random.poisson(np.where(np.arange(POSITIONS) % 2, 4.0, 0.05)[:, None], (POSITIONS, MONTHS)).astype(float)
    demand[:, ORIGIN:] *= later_demand
    position, month = (column.ravel() for column in np.indices((POSITIONS, MONTHS)))
    size = POSITIONS * MONTHS
    stock = pa.table(
        {
            "item_id": [f"item {number:02}" for number in position],
            "location_id": ["north"] * size,
            "valuation_date": pa.array([month_end(number + 1) for number in month], pa.date32()),
            "is_flash": np.zeros(size, bool),
            "month_number": month + 1,
            "horizon_months": np.full(size, HORIZON),
            "quantity": np.full(size, 10.0),
            "cost_value": np.full(size, 50.0),
            "trimmed_month_quantity": np.full(size, 2.0),
            **{f"{look}_quantity": np.full(size, 2.0) for look in LOOKS},
        }
    )
    history = stock.select(["item_id", "location_id", "is_flash", "month_number"]).append_column(
        "demand_quantity", pa.array(demand.ravel())
    )
    return stock, history


def dates(*months):
    ends = pa.array([month_end(month) for month in months], pa.date32())
    origins = pa.array([month_end(ORIGIN)] * len(months), pa.date32())
    return pa.table({"valuation_date": ends, "trained_on": origins})


@pytest.fixture(scope="module")
def trained():
    return train_sell_through(*company(), dates(ORIGIN))


def test_the_examples_in_the_text():
    assert doctest.testmod(sell_through).failed == 0


def test_what_rarely_sells_is_told_from_what_sells_fast(trained):
    expected = expected_sell_through(*company(), dates(ORIGIN), trained)
    expected = expected.filter(pc.equal(expected["valuation_date"], month_end(ORIGIN)))
    # Half is what the looks say, which take all for fast.
    assert set(expected["pooled_sold_rate"].to_pylist()) == {1.0}
    learned = 2 * expected["sold_rate"].to_numpy() - 1
    rate = dict(zip(expected["item_id"].to_pylist(), learned, strict=True))
    fast = np.mean([value for item, value in rate.items() if int(item[5:]) % 2])
    slow = np.mean([value for item, value in rate.items() if not int(item[5:]) % 2])
    assert fast > 0.85 and slow < 0.4


def test_the_models_of_the_date_before_are_asked_of_the_first_facts_of_new_ones():
    """ORIGIN is the last date of the first training; the date after it has a training of its own."""
    ends = pa.array([month_end(ORIGIN), month_end(ORIGIN + 1)], pa.date32())
    anew = pa.table({"valuation_date": ends, "trained_on": ends})
    models = train_sell_through(*company(), anew)
    told = expected_sell_through(*company(), anew, models)
    as_before = expected_sell_through(*company(), dates(ORIGIN, ORIGIN + 1), models)
    first, second = (pc.equal(told["valuation_date"], month_end(month)) for month in (ORIGIN, ORIGIN + 1))
    assert told.filter(first)["earlier_sold_rate"].null_count == len(told.filter(first))
    earlier = told.filter(second)["earlier_sold_rate"].to_pylist()
    assert earlier == as_before.filter(second)["sold_rate"].to_pylist()
    assert earlier != told.filter(second)["sold_rate"].to_pylist()


def test_before_anything_is_learned_the_looks_serve_alone(trained):
    expected = expected_sell_through(*company(), dates(ORIGIN), trained)
    before = expected.filter(pc.less(expected["valuation_date"], month_end(ORIGIN)))
    assert before["sold_rate"].to_pylist() == before["pooled_sold_rate"].to_pylist()
    assert set(expected["forecast_quantity"].to_pylist()) == {HORIZON * 2.0}


def test_nothing_after_the_origin_is_learned(trained):
    other = train_sell_through(*company(later_demand=50.0), dates(ORIGIN))
    assert other["run_id"].to_pylist() == trained["run_id"].to_pylist()
    assert other["artefact"].to_pylist() == trained["artefact"].to_pylist()


def test_an_outcome_of_a_month_is_learned_from_after_a_month(trained):
    """Dates up to the last month before the origin are learned from, not only those whose whole horizon has passed."""
    stock, history = company()
    demand = history["demand_quantity"].to_numpy().copy()
    demand[(history["month_number"].to_numpy() == ORIGIN)] += 7
    changed = history.set_column(4, "demand_quantity", pa.array(demand))
    assert train_sell_through(stock, changed, dates(ORIGIN))["run_id"] != trained["run_id"]


def test_more_months_sell_no_less(trained):
    known = Stock(*company())
    rows = np.flatnonzero(known.month == ORIGIN)
    rates = [
        sell_through.predict_sold(trained["artefact"][0].as_py(), known, rows, months)
        for months in range(1, HORIZON + 1)
    ]
    assert (np.diff(rates, axis=0) >= -1e-6).all()


def test_each_stock_is_asked_about_its_own_horizon(trained):
    stock, history = company()
    month = np.where(np.arange(len(stock)) // MONTHS % 4 < 2, 1, HORIZON)
    mixed = stock.set_column(stock.column_names.index("horizon_months"), "horizon_months", pa.array(month))
    asked = sell_through.expected_sell_through(mixed, history, dates(ORIGIN), trained)
    pooled, sold = (asked[name].to_numpy() for name in ("pooled_sold_rate", "sold_rate"))
    known = Stock(mixed, history)
    for months in (1, HORIZON):
        rows = np.flatnonzero((known.month == ORIGIN) & (known.horizon == months))
        told = sell_through.predict_sold(trained["artefact"][0].as_py(), known, rows, months)
        assert len(rows) and 2 * sold[rows] - pooled[rows] == pytest.approx(told)
        assert (asked["forecast_quantity"].to_numpy()[rows] == 2.0 * months).all()


def test_a_flash_looks_back_on_months_of_its_own_and_nothing_is_learned_from_it(trained):
    """Its months sold what those of the calendar did a month before: it is told what the month end before was told."""
    stock, history = company()
    month = stock["month_number"].to_numpy()
    flash = stock.filter(pa.array(month == ORIGIN))
    day = pa.array([month_end(ORIGIN) + datetime.timedelta(days=17)] * len(flash), pa.date32())
    flash = flash.set_column(flash.column_names.index("valuation_date"), "valuation_date", day)
    later = history.set_column(3, "month_number", pa.array(history["month_number"].to_numpy() + 1))
    stocks, histories = (
        pa.concat_tables([table, other.set_column(place, "is_flash", pa.array(np.ones(len(other), bool)))])
        for table, other, place in ((stock, flash, 3), (history, later, 2))
    )
    again = train_sell_through(stocks, histories, dates(ORIGIN))
    assert again["run_id"].to_pylist() == trained["run_id"].to_pylist()
    known = Stock(stocks, histories)
    is_flash = known.table["is_flash"].to_numpy()
    assert is_flash.sum() == POSITIONS
    assert (known.told[is_flash] == known.told[~is_flash & (known.month == ORIGIN - 1)]).all()
    assert (known.told[is_flash] != known.told[~is_flash & (known.month == ORIGIN)]).any()


def test_what_is_fitted_is_taken_over(trained):
    before = trained.select(["run_id", "held_out"]).append_column("artefact", pa.array([b"kept"], pa.binary()))
    again = train_sell_through(*company(), dates(ORIGIN), fitted_before=before)
    assert again["artefact"].to_pylist() == [b"kept"]
