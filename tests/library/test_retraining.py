import numpy as np
import pyarrow as pa
import pytest

from inventory_valuation.learning.retraining import accuracy, broken, drift, limits_of

LIMITS = limits_of(
    pa.table(
        {
            "check_name": ["reserve_ratio", "sku_error", "feature_drift"],
            "lower_limit": pa.array([0.8, None, None], pa.float64()),
            "upper_limit": pa.array([1.25, 0.7, 0.25], pa.float64()),
        }
    )
)


def test_accuracy_by_hand():
    measures = accuracy(np.array([0.2, 0.3]), np.array([0.8, 0.2]), np.array([100.0, 100.0]))
    assert measures == {"reserve_ratio": pytest.approx(0.5), "sku_error": pytest.approx(0.7)}
    assert accuracy(np.array([0.2]), np.array([0.0]), np.array([100.0])) == {}


@pytest.mark.parametrize(("ratio", "told"), [(0.79, True), (0.8, False), (1.25, False), (1.26, True)])
def test_a_limit_breaks_beyond_itself(ratio, told):
    assert bool(broken({"reserve_ratio": ratio}, LIMITS)) == told


def test_drift_is_told_by_feature():
    before = np.random.default_rng(1).normal(size=(500, 2)).astype(np.float32)
    now = before + np.array([0, 3], np.float32)
    assert list(broken(drift(before, now, ["age", "price"]), LIMITS)) == ["feature_drift of price"]
    assert drift(before, now[:0], ["age", "price"]) == {}


def test_what_has_no_limit_never_breaks():
    assert broken({"reserve_ratio": 0.1, "sku_error": 9.0, "feature_drift of age": 9.0}, {}) == {}
