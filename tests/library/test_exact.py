"""Shares and conversions are exact at any size."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.exact import MONEY, QUANTITY, mul_div_round, to_decimals, to_unit_values, to_units

VALUES = st.one_of(
    st.integers(-9 * 10**18, 9 * 10**18),
    st.integers(-(10**9), 10**9),
    st.integers(2**50 - 3, 2**50 + 3),
)
WHOLES = st.one_of(st.integers(1, 2**62 - 1), st.integers(1, 10**7), st.integers(2**62 - 9, 2**62 - 1))


def share(value: int, part: int, whole: int) -> int:
    """Half away from zero, in Python's unbounded integers."""
    size = (2 * abs(value) * part + whole) // (2 * whole)
    return size if value >= 0 else -size


@settings(deadline=None, max_examples=1000)
@given(VALUES, WHOLES, st.data())
def test_a_share_is_rounded_exactly(value, whole, data):
    part = data.draw(st.one_of(st.integers(0, whole), st.integers(0, min(whole, 10**6))))
    assert mul_div_round(value, part, whole) == share(value, part, whole)


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_part_may_exceed_the_whole(value, part, whole):
    assert mul_div_round(value, part, whole) == share(value, part, whole)


@pytest.mark.parametrize(
    ("value", "part", "whole", "expected"),
    [(1, 1, 2, 1), (-1, 1, 2, -1), (100, 1, 3, 33), (200, 1, 3, 67), (7, 0, 9, 0), (7, 9, 9, 7)],
)
def test_halves_round_away_from_zero(value, part, whole, expected):
    assert mul_div_round(value, part, whole) == expected


@settings(deadline=None, max_examples=1000)
@given(VALUES, WHOLES, st.integers(0, 10**18))
def test_a_part_may_exceed_the_whole_as_far_as_the_share_fits(value, whole, part):
    """Amounts to 9 x 10^14 units of money for quantities to 10^12: a cost at another quantity's cost."""
    if abs(share(value, part, whole)) < 4 * 10**18:
        assert mul_div_round(value, part, whole) == share(value, part, whole)


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**18) + 1, 10**18 - 1)), max_size=20),
    st.sampled_from([MONEY, QUANTITY]),
)
def test_decimals_go_and_come_back(units, kind):
    column = pa.array([None if u is None else Decimal(u).scaleb(-kind.scale) for u in units], kind)
    found = to_units(column, kind)
    assert found.tolist() == [u or 0 for u in units]
    assert to_decimals(found, kind).to_pylist() == [Decimal(u or 0).scaleb(-kind.scale) for u in units]
    assert to_units(column.slice(1), kind).tolist() == [u or 0 for u in units][1:]


def test_other_numbers_are_scaled():
    assert to_units(pa.chunked_array([[1, 2], [3]]), MONEY).tolist() == [10_000, 20_000, 30_000]
    assert to_units(pa.array([Decimal("1.5")], pa.decimal128(10, 1)), QUANTITY).tolist() == [1_500_000]
    assert to_units(pa.array([], MONEY), MONEY).tolist() == []


def test_what_does_not_fit_is_refused():
    with pytest.raises(OverflowError, match="14 digits"):
        to_units(pa.array([Decimal(10**14)], pa.decimal128(38, 4)), MONEY)
    with pytest.raises(OverflowError, match="12 digits"):
        to_decimals(np.array([10**18]), QUANTITY)
    with pytest.raises(OverflowError, match="12 digits"):
        to_unit_values(pa.array([Decimal(10**12)], pa.decimal128(24, 10)))


def test_a_unit_value_is_money_for_a_quantity():
    """Ten decimal places, and six of a million and more, as the macro line_amount keeps them."""
    costs = ["0.00034", None, "0.0000000004", "999999.9999999999", "1000000.0000005"]
    column = pa.array([None if cost is None else Decimal(cost) for cost in costs], pa.decimal128(24, 10))
    values, quantities = to_unit_values(pa.chunked_array([column]))
    of_a_million = [mul_div_round(v, 10**12, q) for v, q in zip(values, quantities, strict=True)]
    assert of_a_million == [3_400_000, 0, 4, 9_999_999_999_999_999, 10_000_000_000_010_000]
