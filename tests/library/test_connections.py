import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.monitoring.connections import adjusted, connections, panel_effect, rotated_effects

ENTITIES, PERIODS, WEEKS = 60, 12, 130


def panel(slope, seed=101):
    random = np.random.default_rng(seed)
    entity = np.repeat(np.arange(ENTITIES), PERIODS)
    period = np.tile(np.arange(PERIODS), ENTITIES)
    cause, price = random.normal(size=(2, len(entity)))
    season = random.normal(size=PERIODS)[period]
    effect = slope * cause - price + season + random.normal(size=len(entity))
    return cause + season, price, effect, entity, period


def signals(slope):
    cause, price, effect, entity, period = panel(slope)
    return pa.table(
        {
            "signal": ["competitor_price"] * len(entity),
            "item_id": [f"item {place:02}" for place in entity],
            "blocks_ago": period,
            "signal_change": cause,
            "sales_change": effect,
            "price_change": price,
            "line_count": np.ones(len(entity)),
        }
    )


def weather(effects, seed=5):
    random = np.random.default_rng(seed)
    cause = random.normal(size=WEEKS)
    rows = [
        (week, f"group {place:02}", cause[week], effect * cause[week] + noise)
        for place, effect in enumerate(effects)
        for week, noise in enumerate(random.normal(size=WEEKS))
    ]
    names = ("week_number", "subcategory", "weather_change", "sales_change")
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


NO_DEFECTS = pa.table(
    {
        "supplier_id": pa.array([], pa.string()),
        "month_number": pa.array([], pa.int64()),
        **{name: pa.array([], pa.float64()) for name in ("defect_rate", "excess_return_rate", "line_count")},
    }
)


def test_a_slope_is_found_beside_a_price_and_a_season():
    cause, price, effect, entity, period = panel(0.4)
    slope, error = panel_effect([cause, price], effect, np.ones(len(effect)), entity, period)
    assert slope == pytest.approx(0.4, abs=3 * error)
    assert 0.02 < error < 0.06  # one over the root of 720


def test_a_cause_that_never_moves_says_nothing():
    _, _, effect, entity, period = panel(0.4)
    assert np.isnan(panel_effect([np.ones(len(effect))], effect, np.ones(len(effect)), entity, period)).all()


def test_rotation_keeps_the_rhythm_and_loses_the_connection():
    random = np.random.default_rng(1)
    cause = np.convolve(random.normal(size=WEEKS + 3), np.ones(4), "valid")
    apart = np.convolve(random.normal(size=WEEKS + 3), np.ones(4), "valid")
    slopes, errors = rotated_effects(cause, np.stack([apart, cause], axis=1))
    assert slopes[1] == pytest.approx(1)
    assert abs(slopes[0]) < 3 * errors[0]
    # Both sides swing slowly, so chance does more than a test for independent weeks would say.
    assert errors[0] > 1.2 * apart.std() / cause.std() / np.sqrt(WEEKS)


def test_many_tests_are_corrected_for_by_hand():
    assert adjusted(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert adjusted(np.array([])).size == 0


def test_what_is_there_is_found_and_worded_and_what_is_not_is_not():
    rows = connections(NO_DEFECTS, weather([0.6] + [0.0] * 39), signals(0.4)).to_pylist()
    found = {(row["connection"], row["member"]) for row in rows if row["is_found"]}
    assert found == {("weather and sales", "group 00"), ("competitor_price and later sales", "all")}
    told = {row["member"]: row["message"] for row in rows}
    assert told["all"].startswith("Where competitor_price rises by 10%, an item's order lines change by +")
    assert told["group 01"].startswith("Not beyond chance: with each unit of the weather")


def test_of_many_worlds_without_connections_few_tell_of_one():
    told = [
        any(row["is_found"] for row in connections(NO_DEFECTS, weather([0.0] * 40, seed), signals(0)).to_pylist())
        for seed in range(20)
    ]
    assert sum(told) <= 3


def test_without_feeds_nothing_is_tested():
    assert connections(NO_DEFECTS, weather([]), signals(0).slice(0, 0)).num_rows == 0
