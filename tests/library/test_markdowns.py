"""Price responses, markdown plans, purchases and transfers, against cases worked out by hand and a known truth."""

import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.planning.markdowns import (
    demand_levels,
    likely_elasticities,
    markdown_options,
    price_paths,
)
from inventory_valuation.planning.moves import purchase_excess, transfers
from inventory_valuation.planning.price_responses import LEAST_CHANGES, price_responses
from inventory_valuation.planning.projections import stock_projections

POSITION = {
    "item_id": "A", "location_id": "X", "has_loss_to_come": True, "free_quantity": 100.0, "unit_clearance_value": 2.0,
    "unit_final_value": 2.0, "unit_holding_cost": 0.0, "selling_cost_rate": 0.0, "markdown_step_rate": 0.5,
    "deepest_discount_rate": 0.5, "most_demand_multiple": 5.0, "demand_variation": 0.02, "elasticity": -2.0,
    "elasticity_error": 0.0, "returnable_quantity": 0.0, "unit_refund": 0.0,
}  # fmt: skip


def options(demand=40.0, price=10.0, months=3, **changes) -> dict[str, dict]:
    position = POSITION | changes
    keys = {name: [position[name]] * months for name in ("item_id", "location_id")}
    ahead = {
        "month_ahead": list(range(1, months + 1)), "expected_quantity": [demand / months] * months,
        "expected_net_price": [price] * months,
    }  # fmt: skip
    table = pa.table({name: pa.array([value], None if value is not None else pa.float64())
                      for name, value in position.items()})  # fmt: skip
    return {row["option"]: row for row in markdown_options(table, pa.table(keys | ahead)).to_pylist()}


def test_an_elastic_stock_is_marked_down():
    """Held, 40 of 100 units sell at 10 and 60 bring 2: 520. At half price four times as many would: all sell at 5: 500.
    Halved from the second third on: 13 at 10, then 87 of 107 at 5: 568."""
    found = options()
    assert found["hold"]["expected_value"] == pytest.approx(520)
    assert found["mark down"]["expected_value"] == pytest.approx(500, rel=0.01)
    best = found["mark down in stages"]
    assert best["is_best"] and best["expected_value"] == pytest.approx(568, rel=0.02)
    assert (best["first_discount_rate"], best["last_discount_rate"]) == (0.0, 0.5)
    assert best["gain_over_holding_amount"] == pytest.approx(best["expected_value"] - 520)
    bounds = [best[f"gain_over_holding_{bound}amount"] for bound in ("lower_", "", "upper_")]
    assert bounds == sorted(bounds)


def test_stock_that_nobody_asks_for_is_cleared_where_holding_costs():
    found = options(demand=0.0, unit_holding_cost=1.2)
    assert found["clear"]["is_best"] and found["clear"]["cleared_quantity"] == 100
    assert found["clear"]["gain_over_holding_amount"] == pytest.approx(100 * 1.2 / 12 * 3)


def test_holding_comes_first_where_nothing_gains():
    assert options(demand=0.0)["hold"]["is_best"]


def test_without_an_elasticity_no_price_is_valued():
    found = options(elasticity=None, elasticity_error=None)
    assert set(found) == {"hold", "clear at the end", "clear"}


def test_a_contract_takes_units_back():
    found = options(returnable_quantity=70.0, unit_refund=9.0)
    assert found["return to supplier"]["is_best"]
    assert found["return to supplier"]["expected_value"] == pytest.approx(70 * 9 + 30 * 10, rel=0.01)


def test_where_no_loss_is_to_come_holding_alone_is_valued():
    assert set(options(has_loss_to_come=False)) == {"hold"}


def test_an_uncertain_elasticity_widens_the_gain():
    sure, unsure = (options(demand=10.0, elasticity_error=error)["mark down"] for error in (0.0, 1.0))
    width = [one["gain_over_holding_upper_amount"] - one["gain_over_holding_lower_amount"] for one in (sure, unsure)]
    assert width[1] > 2 * width[0]


def test_levels_keep_the_mean_and_paths_never_rise():
    assert np.allclose(demand_levels(np.array([0.02, 1.0, 50.0])).mean(axis=1), 1)
    assert likely_elasticities(np.array([-0.5]), np.array([1.0])).max() == 0
    paths = price_paths(0.15, 0.6)
    assert len(paths) == 35 and (np.diff(paths, axis=1) >= 0).all() and not paths[0].any()


def weeks_of_a_company(rng, elasticities: np.ndarray, weeks: int = 60) -> pa.Table:
    """Items whose price falls by a quarter, each at its own week, and whose demand falls by 1 % a week."""
    rows = {name: [] for name in ("item_id", "week_number", "sold_quantity", "line_count", "list_price",
                                  "agreement_rate", "stock_change_quantity")}  # fmt: skip
    for number, elasticity in enumerate(elasticities):
        cut = rng.integers(10, weeks - 10)
        for week in range(weeks):
            price = 75.0 if week >= cut else 100.0
            mean = 40 * 0.99**week * (price / 100) ** elasticity
            sold = rng.poisson(mean)
            for name, value in zip(rows, (f"I{number:03}", week, sold, sold, price if sold else None, 1.0,
                                          (100_000 if week == 0 else 0) - sold), strict=True):  # fmt: skip
                rows[name].append(value)
    return pa.table(rows)


def test_elasticities_are_found_where_demand_falls_all_the_while():
    truth = np.repeat([-2.0, -1.0], 40)
    items = pa.table({"item_id": [f"I{number:03}" for number in range(81)], "category": ["a"] * 40 + ["b"] * 41})
    found = price_responses(weeks_of_a_company(np.random.default_rng(3), truth), items)
    mean = found["elasticity"].to_numpy()
    assert mean[:40].mean() == pytest.approx(-2, abs=0.2) and mean[40:80].mean() == pytest.approx(-1, abs=0.2)
    assert found["elasticity_source"].to_pylist()[79:] == ["own price changes", "category"]
    errors = found["elasticity_error"].to_numpy()
    assert errors[80] > errors[:80].max()
    assert (np.abs(mean[:80] - truth) < 1.28 * errors[:80]).mean() > 0.8


def test_a_company_whose_prices_hardly_change_knows_no_elasticity():
    few = np.full(LEAST_CHANGES - 1, -2.0)
    items = pa.table({"item_id": [f"I{number:03}" for number in range(len(few))], "category": ["a"] * len(few)})
    found = price_responses(weeks_of_a_company(np.random.default_rng(1), few), items)
    assert found["elasticity"].null_count == len(few) and set(found["elasticity_source"].to_pylist()) == {"none"}
    nothing = price_responses(weeks_of_a_company(np.random.default_rng(1), few).slice(0, 0), items.slice(0, 0))
    assert len(nothing) == 0


LOT = {
    "supplied_quantity": 100.0, "lot_quantity": 80.0, "expected_demand_quantity": 100.0, "demand_variation": 0.02,
    "unit_cost": 10.0, "unit_nrv": 15.0, "unit_final_value": 2.0, "unit_holding_cost": 0.0, "horizon_months": 12.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "excess"),
    [({}, 80), ({"supplied_quantity": 0.0, "expected_demand_quantity": 500.0}, 0), ({"unit_nrv": 9.0}, 80)],
)
def test_units_beyond_demand_had_better_not_come(changes, excess):
    found = purchase_excess(pa.table({name: [value] for name, value in (LOT | changes).items()})).to_pylist()[0]
    assert found["excess_quantity"] == excess and found["is_all_excess"] == (excess == 80)
    assert (found["expected_loss_amount"] > 0) == (excess > 0)


def test_a_unit_that_is_surely_left_loses_its_cost_less_its_final_value():
    lot = LOT | {"supplied_quantity": 1e6}
    found = purchase_excess(pa.table({name: [value] for name, value in lot.items()})).to_pylist()[0]
    assert found["expected_loss_amount"] == pytest.approx(80 * (10 - 2))


def test_units_move_to_where_they_sell():
    """X has 100 units and sells 20, Y has 10 and could sell 60: 50 units save buying at 8, and would bring 2 here."""
    both = {
        "item_id": ["A", "A", "B"], "location_id": ["X", "Y", "X"], "free_quantity": [100.0, 10.0, 500.0],
        "on_order_quantity": [0.0, 0.0, 0.0], "expected_demand_quantity": [20.0, 60.0, 5.0],
        "demand_variation": [0.02] * 3, "unit_nrv": [15.0] * 3, "unit_final_value": [2.0] * 3,
        "unit_buying_cost": [8.0] * 3, "unit_transfer_cost": [1.0] * 3, "unit_holding_cost": [0.0] * 3,
        "horizon_months": [12.0] * 3,
    }  # fmt: skip
    found = transfers(pa.table(both)).to_pylist()
    assert [(row["location_id"], row["to_location_id"]) for row in found] == [("X", "Y")]
    assert 40 <= found[0]["transfer_quantity"] <= 50
    assert found[0]["transfer_gain_amount"] == pytest.approx(5 * found[0]["transfer_quantity"], rel=0.1)
    assert len(transfers(pa.table(both).slice(2))) == 0 == len(transfers(pa.table(both).slice(0, 0)))


def test_stock_runs_down_by_demand_and_faster_under_a_plan():
    months = pa.table(
        {
            "month_ahead": [1, 2, 1, 2],
            "supplied_quantity": [100.0] * 4,
            "planned_supplied_quantity": [100.0] * 4,
            "cumulated_quantity": [10.0, 20.0] * 2,
            "demand_multiple": [1.0, 1.0, 2.0, 3.0],
            "expected_quantity": [10.0] * 4,
            "demand_variation": [0.02] * 4,
        }
    )
    found = stock_projections(months)
    assert np.allclose(found["expected_stock_quantity"].to_numpy(), [90, 80, 90, 80])
    assert np.allclose(found["planned_stock_quantity"].to_numpy(), [90, 80, 80, 50])
