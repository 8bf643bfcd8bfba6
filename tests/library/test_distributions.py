"""Demand as a distribution: the closed form against simulation, and what must hold whatever the numbers."""

import doctest

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.forecasting import distributions
from inventory_valuation.forecasting.distributions import (
    demand_distributions,
    demand_quantile,
    demand_that_sells,
    expected_sales,
    no_demand_probability,
    sell_through_curves,
    units_expected_to_sell,
)


def test_the_examples_in_the_text():
    assert doctest.testmod(distributions).failed == 0


@pytest.mark.parametrize(("mean", "variation"), [(0.4, 1.0), (12.0, 0.05), (80.0, 0.3), (80.0, 4.0)])
def test_expected_sales_are_those_of_simulated_demand(mean, variation):
    demand = np.random.default_rng(7).gamma(1 / variation, mean * variation, 400_000)
    for limit in (0.1, mean / 2, mean, 3 * mean):
        assert expected_sales(limit, mean, variation) == pytest.approx(np.minimum(demand, limit).mean(), rel=0.01)
    assert no_demand_probability(mean, variation, mean) == pytest.approx((demand < min(1, mean) / 2).mean(), abs=0.01)
    assert demand_quantile(0.1, mean, variation) == pytest.approx(np.quantile(demand, 0.1), rel=0.05, abs=0.001)


amounts = st.floats(0, 1e6)


@settings(deadline=None, max_examples=60)
@given(st.lists(amounts, min_size=1, max_size=8), amounts, st.floats(0.02, 20), amounts)
def test_lots_share_what_the_position_sells(sizes, mean, variation, firm):
    """Older lots sell no smaller a share than younger ones; together they sell what the position would as one."""
    ends = np.cumsum(sizes)
    units = pa.table(
        {
            "lot": np.arange(len(sizes)),
            "from_quantity": ends - sizes,
            "to_quantity": ends,
            "firm_quantity": [min(firm, ends[-1])] * len(sizes),
            "expected_demand_quantity": [mean] * len(sizes),
            "demand_variation": [variation] * len(sizes),
        }
    )
    found = units_expected_to_sell(units)
    sold = np.array(found["expected_sold_quantity"].to_pylist(), float)
    stressed = np.array(found["stress_sold_quantity"].to_pylist(), float)
    fine = 1e-4 * (len(sizes) + 2) + 1e-9 * ends[-1]
    assert (sold >= -fine).all() and (sold <= np.array(sizes) + fine).all()
    assert (stressed >= -fine).all() and (stressed <= np.array(sizes) + fine).all()
    firm = min(firm, ends[-1])
    whole = firm + expected_sales(ends[-1], mean, variation) - expected_sales(firm, mean, variation)
    assert sold.sum() == pytest.approx(whole, abs=fine)
    large = np.array(sizes) > 1
    assert (np.diff((sold / np.maximum(sizes, 1))[large]) <= fine).all()


def test_without_a_forecast_nothing_is_known():
    units = pa.table(
        {
            "from_quantity": [0.0],
            "to_quantity": [10.0],
            "firm_quantity": [0.0],
            "expected_demand_quantity": pa.array([None], pa.float64()),
            "demand_variation": [1.0],
        }
    )
    assert units_expected_to_sell(units)["expected_sold_quantity"].to_pylist() == [None]


shares = st.floats(0, 1)


@settings(deadline=None, max_examples=100)
@given(st.floats(1e-3, 1e7), st.floats(0, 1e8), shares)
def test_the_stock_sells_what_it_is_expected_to(quantity, forecast, share):
    """By the forecast's own mean wherever that suffices; a forecast far above the stock leaves it little choice."""
    mean, variation = demand_that_sells(quantity, forecast, share)
    aim = min(share, 0.995) * quantity
    if aim >= 1e-5:
        least = expected_sales(quantity, forecast, distributions.MOST_VARIATION)
        assert expected_sales(quantity, mean, variation) == pytest.approx(max(aim, least), rel=1e-3)
        assert mean >= forecast * (1 - 1e-9)
    assert (
        np.isfinite(mean) and distributions.LEAST_VARIATION * 0.999 <= variation <= distributions.MOST_VARIATION * 1.001
    )


def test_what_never_sold_sells_seldom():
    """The forecast knows of nothing; such stock sells six in a hundred units all the same, most of it none."""
    positions = pa.table({"item_id": ["a"], "quantity": [500.0], "forecast_quantity": [0.0], "sold_rate": [0.06]})
    positions = positions.append_column("earlier_sold_rate", pa.nulls(1, pa.float64()))
    (found,) = demand_distributions(positions).to_pylist()
    assert found["no_sale_probability"] > 0.5
    assert expected_sales(500, found["expected_demand_quantity"], found["demand_variation"]) == pytest.approx(
        30, rel=1e-3
    )


def test_a_curve_falls_from_month_to_month():
    months = pa.table(
        {
            "month_ahead": [1, 2, 3],
            "quantity": [10.0] * 3,
            "expected_demand_quantity": [12.0] * 3,
            "demand_variation": [0.5] * 3,
            "cumulated_share": [0.2, 0.5, 1.0],
        }
    )
    rates = sell_through_curves(months)["unsold_rate"].to_pylist()
    assert rates == sorted(rates, reverse=True) and 0 < rates[-1] < rates[0] < 1
