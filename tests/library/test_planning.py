"""Reorder levels against the literature, the simulator against what can be counted by hand, and no look-ahead."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import poisson

from inventory_valuation.planning.draws import position_keys, uniforms
from inventory_valuation.planning.levels import Demand, UnitCosts, best_levels, newsvendor_level
from inventory_valuation.planning.ordering import exact, newsvendor
from inventory_valuation.planning.plans import reorder_plans
from inventory_valuation.planning.positions import History, asked_for
from inventory_valuation.planning.replays import judged, past_of
from inventory_valuation.planning.scenes import sampled_scene, simulated
from inventory_valuation.planning.simulation import Lots, Prices, ReorderEnvironment, Scene, filling_up, played


def one_period_costs(levels, mean, held, short):
    """Holding and shortage of a period that begins with a level, demand being Poisson."""
    demand = np.arange(200)
    chances = poisson.pmf(demand, mean)
    left = levels[:, None] - demand[None, :]
    return (chances * (held * np.maximum(left, 0) + short * np.maximum(-left, 0))).sum(axis=1)


# Zheng and Federgruen, Operations Research 39 (1991), table 1: Poisson demand, K = 64, h = 1, p = 9, no lead time.
@pytest.mark.parametrize(
    "mean, point, level, cost",
    [
        (10, 6, 40, 35.0216),
        (15, 10, 49, 42.6978),
        (20, 14, 62, 49.1730),
        (25, 19, 56, 54.2622),
        (40, 33, 87, 64.5118),
        (52, 44, 112, 72.2461),
    ],
)
def test_reorder_point_and_level_are_those_of_zheng_and_federgruen(mean, point, level, cost):
    grid = np.arange(-30, 140)
    found = best_levels(
        one_period_costs(grid, mean, 1, 9)[None, :], poisson.pmf(np.arange(120), mean)[None, :], np.array([64.0])
    )
    assert (grid[found[0][0]], grid[found[1][0]]) == (point, level)
    assert found[2][0] == pytest.approx(cost, abs=1e-3)


def test_lot_and_reorder_point_are_those_of_federgruen_and_zheng():
    """Operations Research 40 (1992), in Snyder and Shen (2019), chapter 5: K = 100, h = 20, p = 150, L = 2, rate 1.5.

    Where customers come one by one, a reorder point r and a lot Q are the pair (r, r + Q), and a period is a customer.
    """
    grid, rate = np.arange(0, 20), 1.5
    costs = one_period_costs(grid, rate * 2, 20, 150) / rate
    point, level, cost = best_levels(costs[None, :], np.array([[0.0, 1.0]]), np.array([100.0]))
    assert (grid[point[0]], grid[level[0]] - grid[point[0]]) == (3, 5)
    assert cost[0] * rate == pytest.approx(107.9236, abs=1e-3)


# The critical ratio: exponential demand by its formula; almost normal demand as in Snyder and Shen (2019), example 4.3
# (mean 50, standard deviation 8, h = .18, p = .70: 56.6).
@pytest.mark.parametrize(
    "mean, variation, held, short, level, tolerance",
    [(10, 1, 1, 9, 10 * np.log(10), 1e-6), (50, (8 / 50) ** 2, 0.18, 0.70, 56.6, 0.2)],
)
def test_a_stock_is_filled_up_to_the_critical_ratio(mean, variation, held, short, level, tolerance):
    window = Demand(np.array([float(mean)]), np.array([variation]))
    endless = Demand(np.array([1e9]), np.array([1.0]))
    costs = UnitCosts(*(np.array([float(cost)]) for cost in (short, held, 1)))
    assert newsvendor_level(window, endless, costs)[0] == pytest.approx(level, abs=tolerance)


def test_what_may_stay_unsold_lowers_the_level():
    window, costs = Demand(np.array([10.0]), np.array([0.5])), UnitCosts(*(np.array([x]) for x in (5.0, 0.1, 10.0)))
    levels = [newsvendor_level(window, Demand(np.array([x]), np.array([0.5])), costs)[0] for x in (1000.0, 40.0, 12.0)]
    assert levels[0] > levels[1] > levels[2] > 0


def scene(demand, lead=1, on_hand=5.0, reviewed=True):
    demand = np.array(demand, float)[:, None, None]
    return Scene(
        demand,
        np.full(demand.shape, lead),
        np.array([on_hand]),
        np.zeros((len(demand), 1)),
        np.full((len(demand), 1), reviewed),
    )


def test_a_week_is_an_order_then_demand_then_costs():
    environment = ReorderEnvironment(scene([3, 4, 2]), Prices(*(np.array([price]) for price in (0.5, 10.0, 1.0))))
    first, _ = environment.reset()
    assert first.shape == environment.observation_space.shape
    assert first.ravel().tolist() == [5, 0]
    observation, reward, is_terminated, is_truncated, told = environment.step(np.array([[4.0]]))
    assert (observation.ravel().tolist(), reward.item()) == ([6, 0], -(2 * 0.5 + 1))  # two left, four arrived
    assert (told["sold"].item(), is_terminated, is_truncated) == (3, False, False)
    observation, reward, _, _, _ = environment.step(np.zeros((1, 1)))
    assert (observation.ravel().tolist(), reward.item()) == ([2, 0], -1.0)
    observation, reward, _, is_truncated, _ = environment.step(np.zeros((1, 1)))
    assert (observation.ravel().tolist(), reward.item(), is_truncated) == ([0, 0], 0.0, True)


def test_what_comes_in_is_sold_or_still_there():
    demand = uniforms(np.arange(3, dtype=np.uint64), 1, (20, 4)) * 9
    lead = (uniforms(np.arange(3, dtype=np.uint64), 2, (20, 4)) * 4).astype(int)
    start = Scene(demand, lead, np.full(3, 7.0), np.full((2, 3), 2.0), np.ones((20, 3), bool))
    environment = ReorderEnvironment(start, Prices(np.ones(3), np.ones(3), np.ones(3)))
    outcome = played(
        environment, filling_up(np.full((20, 3), 10.0), np.full((20, 3), 15.0), Lots(np.zeros(3), np.zeros(3)))
    )
    assert np.allclose(7 + 4 + outcome.bought, outcome.sold + outcome.stock)
    assert (outcome.sold <= outcome.demand).all()


def test_a_position_draws_its_own_numbers():
    items, places = pa.chunked_array([["a", "b", "long name", "ä"]]), pa.chunked_array([["x", "x", "y", "x"]])
    keys = position_keys(items, places)
    assert len(set(keys.tolist())) == 4
    few = position_keys(pa.chunked_array([["ä", "b"]]), pa.chunked_array([["x", "x"]]))
    assert few.tolist() == keys[[3, 1]].tolist()
    assert np.array_equal(uniforms(few, 3, (5, 2)), uniforms(keys, 3, (5, 2))[..., [3, 1]])


def test_a_position_that_ran_out_keeps_its_pace_for_three_months():
    weeks = 40
    stock = np.zeros((weeks, 1))
    stock[20:] = 100.0
    sold = np.zeros((weeks, 1))
    sold[20:] = 5.0
    asked = asked_for(History(sold, np.zeros_like(sold), stock))[::-1, 0]
    assert asked[:20].tolist() == [5.0] * 20
    assert asked[20] == 0  # it had stock at the week's start, and nobody came
    assert (asked[21:34] > 4).all() and not asked[34:].any()


def company(positions=12, dates=8):
    """Tables as the models give them: positions of one category that sell some 10 to 30 units a month."""
    days = np.array([f"2024-{month:02d}-28" for month in range(1, dates + 1)], dtype="datetime64[D]")
    count = positions * dates
    monthly = np.repeat(10.0 + np.arange(positions) * 2, dates)
    table = {
        "item_id": np.repeat([f"item {number}" for number in range(positions)], dates),
        "location_id": ["here"] * count,
        "valuation_date": np.tile(days, positions),
        "is_latest": np.tile(np.arange(dates) == dates - 1, positions),
        "category": ["things"] * count,
        "segment": ["steady"] * count,
        "is_ended": [False] * count,
    }
    numbers = {
        "horizon_months": 6.0, "recovery_rate": 0.2, "service_level": np.nan, "lost_margin_multiple": 1.0,
        "review_days": 7.0, "order_cost": 10.0, "holding_cost_rate": 0.2, "lead_time_days": 20.0,
        "lead_time_spread_days": 5.0, "unit_cost": 10.0, "unit_nrv": 14.0, "demand_variation": 0.2,
        "on_order_quantity": 0.0, "on_order_days": 0.0, "minimum_order_quantity": np.nan, "order_multiple": np.nan,
    }  # fmt: skip
    columns = table | {name: np.full(count, value) for name, value in numbers.items()}
    columns |= {"expected_demand_quantity": monthly * 6, "on_hand_quantity": monthly}
    months = {
        "category": ["things"] * 6 * dates,
        "valuation_date": np.repeat(days, 6),
        "month_ahead": np.tile(np.arange(1, 7), dates),
        "month_share": np.full(6 * dates, 1 / 6),
    }
    before = np.tile(np.arange(34), positions)
    items = np.repeat([f"item {number}" for number in range(positions)], 34)
    keys = position_keys(pa.chunked_array([items]), pa.chunked_array([["here"] * len(items)]))
    sold = np.round(uniforms(keys + before.astype(np.uint64), 1, (1,))[0] * np.repeat(monthly[::dates] / 2, 34))
    weeks = {
        "item_id": items,
        "location_id": ["here"] * len(items),
        "weeks_before": before,
        "sold_quantity": sold,
        "drawn_quantity": np.zeros(len(items)),
        "stock_change_quantity": np.where(before == 33, 500.0, 0.0),
    }
    return pa.table(columns), pa.table(months), pa.table(weeks)


def test_plans_are_the_same_for_other_orders_and_companies():
    positions, months, weeks = company()
    all_of_them = reorder_plans(positions, months, weeks)
    order = pa.array(np.argsort(uniforms(np.arange(len(positions), dtype=np.uint64), 1, (1,))[0]))
    turned = reorder_plans(positions.take(order), months, weeks)
    by = [("policy", "ascending"), ("item_id", "ascending")]
    assert all_of_them.sort_by(by).equals(turned.sort_by(by))
    assert set(all_of_them["policy"].to_pylist()) == {"newsvendor", "tuned_quantile", "exact_levels", "learned"}


def test_orders_come_in_packs_and_not_below_the_least():
    lots = Lots(np.array([1.0, 12.0, 0.0, 12.0]), np.array([0.0, 0.0, 5.0, 30.0]))
    assert lots.rounded_up(np.array([2.2, 13.0, 0.4, 1.0])).tolist() == [3, 24, 5, 36]
    assert not lots.rounded_up(np.zeros(4)).any()
    positions, months, weeks = company()
    packed = positions
    for name, value in (("order_multiple", 12.0), ("minimum_order_quantity", 24.0)):
        place = packed.schema.get_field_index(name)
        packed = packed.set_column(place, name, pa.array(np.full(len(packed), value)))
    orders = reorder_plans(packed, months, weeks)["order_quantity"].to_numpy()
    assert orders.any() and (np.mod(orders, 12) == 0).all() and (orders[orders > 0] >= 24).all()


def test_nothing_that_came_later_is_known():
    positions, months, weeks = company()
    late = weeks["weeks_before"].to_numpy() < 8
    changed = weeks.set_column(
        weeks.schema.get_field_index("sold_quantity"), "sold_quantity",
        pa.array(np.where(late, 99.0, weeks["sold_quantity"].to_numpy())),
    )  # fmt: skip
    before, after = past_of(positions, months, weeks), past_of(positions, months, changed)
    known = sum(start >= 7 for start in before.starts)
    assert 0 < known < len(before.dates)
    for now, then in zip(before.dates[:known], after.dates[:known], strict=True):
        assert all(np.array_equal(left, right, equal_nan=True) for left, right in zip(now, then, strict=True))


def test_every_policy_is_judged_on_every_position():
    replays = judged(*company())
    assert replays.group_by("policy").aggregate([("item_id", "count")])["item_id_count"].to_pylist() == [12] * 4
    cost = sum(replays[name].to_numpy() for name in ("holding", "lost_margin", "ordering", "write_down"))
    assert np.allclose(cost, replays["cost"].to_numpy())


def test_a_short_past_judges_nothing_and_an_empty_company_plans_nothing():
    positions, months, weeks = company(dates=4)
    assert len(judged(positions, months, weeks)) == 0
    assert len(reorder_plans(positions, months, weeks)) == 48
    assert len(reorder_plans(positions.slice(0, 0), months, weeks)) == 0
    assert len(judged(positions.slice(0, 0), months, weeks)) == 0


def test_more_paths_change_little_and_the_cheaper_policy_is_cheaper():
    positions, months, weeks = company(positions=40)
    date = past_of(positions, months, weeks).dates[-1]
    few, _ = sampled_scene(date, 8)
    assert few.demand.mean() == pytest.approx(date.weekly[: len(few.demand)].mean(), rel=0.05)
    expected = simulated(date, {"newsvendor": newsvendor(date), "exact_levels": exact(date)})
    totals = {name: sum(money.sum() for money in result[2:]) for name, result in expected.items()}
    assert totals["exact_levels"] < totals["newsvendor"]
