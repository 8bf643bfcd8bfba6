"""Demand as a distribution: the closed form against simulation, and what must hold whatever the numbers."""

import doctest

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation import demand_risk
from inventory_valuation.demand_risk import demand_quantile, expected_sales, units_expected_to_sell


def test_the_examples_in_the_text():
    assert doctest.testmod(demand_risk).failed == 0


@pytest.mark.parametrize(("mean", "dispersion"), [(0.4, 1.0), (12.0, 0.0), (80.0, 0.3), (80.0, 4.0)])
def test_expected_sales_are_those_of_simulated_demand(mean, dispersion):
    variance = mean + dispersion * mean**2
    demand = np.random.default_rng(7).gamma(mean**2 / variance, variance / mean, 400_000)
    for limit in (0.1, mean / 2, mean, 3 * mean):
        assert expected_sales(limit, mean, dispersion) == pytest.approx(np.minimum(demand, limit).mean(), rel=0.01)
    assert demand_quantile(0.1, mean, dispersion) == pytest.approx(np.quantile(demand, 0.1), rel=0.05, abs=0.001)


amounts = st.floats(0, 1e6)


@settings(deadline=None, max_examples=60)
@given(st.lists(amounts, min_size=1, max_size=8), amounts, st.floats(0, 20), amounts)
def test_lots_share_what_the_position_sells(sizes, mean, dispersion, firm):
    """Older lots sell no smaller a share than younger ones; together they sell what the position would as one."""
    ends = np.cumsum(sizes)
    units = pa.table(
        {
            "lot": np.arange(len(sizes)),
            "from_quantity": ends - sizes,
            "to_quantity": ends,
            "firm_quantity": [min(firm, ends[-1])] * len(sizes),
            "expected_demand_quantity": [mean] * len(sizes),
            "dispersion": [dispersion] * len(sizes),
        }
    )
    found = units_expected_to_sell(units)
    sold = np.array(found["expected_sold_quantity"].to_pylist(), float)
    stressed = np.array(found["stress_sold_quantity"].to_pylist(), float)
    fine = 1e-4 * (len(sizes) + 2) + 1e-9 * ends[-1]
    assert (sold >= -fine).all() and (sold <= np.array(sizes) + fine).all()
    assert (stressed >= -fine).all() and (stressed <= np.array(sizes) + fine).all()
    firm = min(firm, ends[-1])
    whole = firm + expected_sales(ends[-1], mean, dispersion) - expected_sales(firm, mean, dispersion)
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
            "dispersion": [1.0],
        }
    )
    assert units_expected_to_sell(units)["expected_sold_quantity"].to_pylist() == [None]
