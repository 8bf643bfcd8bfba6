"""Price curves: what they find, what they are held to, and that they know nothing of later sales."""

from datetime import date, timedelta
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.exact import MONEY, MONEY_UNIT, to_decimals
from inventory_valuation.forecasting.price_paths import _wins, price_curves

HORIZON = 3
SUMS = ("present_amount", "later_amount", "squared_amount", "marked_down_amount")


def month_ends(months: int) -> pa.Table:
    """So many month ends from January 2024 on."""
    starts = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(1, months + 1)]
    return pa.table(
        {
            "valuation_date": pa.array([start - timedelta(days=1) for start in starts], pa.date32()),
            "month_number": range(1, months + 1),
            "horizon_months": [HORIZON] * months,
        }
    )


def moves_of(rows: list[dict]) -> pa.Table:
    """Sums by category, age band, month and month ahead; amounts are whole."""
    columns = {"category": pa.array([row["category"] for row in rows], pa.string())}
    for name in ("age_band", "has_long_cover", "month_number", "month_ahead", "sale_months"):
        columns[name] = pa.array([row[name] for row in rows], pa.int64())
    for name in SUMS:
        units = np.array([round(row[name] * MONEY_UNIT) for row in rows], np.int64)
        columns[name] = to_decimals(units, MONEY)
    return pa.table(columns)


def falling(rate: float, months: int, sale_months: int = 1_000, band: int = 1, cover: int = 0) -> list[dict]:
    """What stock sells at if prices change by a rate each month."""
    return [
        {
            "category": "phones",
            "age_band": band,
            "has_long_cover": cover,
            "month_number": month,
            "month_ahead": ahead,
            "sale_months": sale_months,
            "present_amount": 1_000.0,
            "later_amount": 1_000.0 * (1 + rate) ** ahead,
            "squared_amount": 1_000.0 * (1 + rate) ** (2 * ahead),
            "marked_down_amount": 0.0,
        }
        for month, ahead in product(range(1, months + 1), range(1, HORIZON + 1))
        if month + ahead <= months
    ]


def curves_of(rows: list[dict], months: int = 12, categories: tuple[str, ...] = ("phones", "cables")) -> list[dict]:
    table = price_curves(moves_of(rows), pa.table({"category": list(categories)}), month_ends(months))
    return table.to_pylist()


def last(rows: list[dict], category: str, band: int, cover: int = 0) -> dict:
    """The curve at the last month end."""
    of_cell = {"category": category, "age_band": band, "has_long_cover": cover}
    return [row for row in rows if of_cell.items() <= row.items()][-1]


def test_a_steady_fall_is_found_and_believed() -> None:
    curve = last(curves_of(falling(-0.05, 12)), "phones", 1)
    assert np.exp(curve["monthly_price_change"]) - 1 == pytest.approx(-0.05, abs=1e-3)
    assert curve["price_jump"] == pytest.approx(0, abs=1e-3)
    assert curve["foreseen_share"] == pytest.approx(1, abs=0.05)
    assert curve["price_spread"] < 0.08  # that of the first months, of which nothing was foreseen


def test_a_fall_that_does_not_go_on_is_believed_no_longer() -> None:
    rows = falling(-0.10, 6)
    rows += [row | {"month_number": row["month_number"] + 6} for row in falling(0, 18) if row["month_number"] <= 12]
    known, dates = curves_of(rows, months=24), month_ends(24)["valuation_date"].to_pylist()
    before, after = (
        next(row["foreseen_share"] for row in known if row["valuation_date"] == dates[month - 1]) for month in (6, 24)
    )
    assert before > 0.9
    assert after < 0.7


def test_what_does_not_win_is_not_believed() -> None:
    """Prices fall in one month and rise in the next: what is foreseen is as often wrong as right."""
    rows = [row | {"later_amount": 1_000 * (1.1 if row["month_number"] % 2 else 0.9)} for row in falling(0, 24)]
    rows = [row | {"squared_amount": row["later_amount"] ** 2 / 1_000} for row in rows]
    assert last(curves_of(rows, months=24), "phones", 1)["foreseen_share"] == 0


def test_a_horizon_of_overlapping_months_counts_as_one() -> None:
    """Gains of 2.4 and -.4 in turn are 1.8 standard errors over nothing of months alone, .7 of half years."""
    gains = np.zeros((1, 1, 1, 9, 6))
    gains[..., 0] = np.resize([2.4, -0.4], 9)
    amounts = np.zeros_like(gains)
    amounts[..., 0] = 1
    assert not _wins(gains, amounts)[-1]
    assert _wins(gains[..., :1], amounts[..., :1])[-1]


def test_few_sales_say_little_and_a_band_without_any_follows_its_category() -> None:
    few = [row | {name: row[name] / 1_000 for name in SUMS} for row in falling(-0.5, 12, sale_months=1, band=1)]
    rows = curves_of(falling(-0.05, 12, sale_months=1_000, band=2) + few)
    category_change = last(rows, "phones", 3)["monthly_price_change"]
    assert category_change == pytest.approx(last(rows, "phones", 2)["monthly_price_change"], abs=5e-3)
    assert 0.75 * np.log(0.5) < last(rows, "phones", 1)["monthly_price_change"] < category_change
    assert last(rows, "phones", 3)["sale_months"] == 0
    assert last(rows, "cables", 1)["monthly_price_change"] == 0


def test_what_is_overstocked_falls_faster() -> None:
    rows = curves_of(falling(-0.02, 12) + falling(-0.10, 12, cover=1))
    kept, overstocked = (np.exp(last(rows, "phones", 1, cover)["monthly_price_change"]) - 1 for cover in (0, 1))
    assert kept == pytest.approx(-0.02, abs=2e-3)
    assert overstocked == pytest.approx(-0.10, abs=2e-3)


def test_the_spread_is_that_of_prices_around_their_forecast() -> None:
    """Half of the units at .8 of the price, half at 1.2: nothing is foreseen, and a spread of .2 is left."""
    rows = [row | {"squared_amount": 1_000 * (0.8**2 + 1.2**2) / 2} for row in falling(0, 12)]
    assert last(curves_of(rows), "phones", 1)["price_spread"] == pytest.approx(0.2)


def test_a_sale_that_rounds_to_nothing_spoils_nothing() -> None:
    dust = falling(0, 2)[0] | {
        "category": "cables",
        "present_amount": 0.0003,
        "later_amount": 0.0,
        "squared_amount": 0.0,
    }
    known, without = curves_of([*falling(-0.05, 12), dust]), curves_of(falling(-0.05, 12))
    assert last(known, "cables", 1)["monthly_price_change"] == 0
    assert last(known, "phones", 1)["price_spread"] == pytest.approx(
        last(without, "phones", 1)["price_spread"], rel=1e-4
    )


def test_a_markdown_hazard_is_a_monthly_one() -> None:
    """A tenth of what is not yet marked down is, each month."""
    rows = [row | {"marked_down_amount": 1_000 * (1 - 0.9 ** row["month_ahead"])} for row in falling(0, 12)]
    assert 1 - np.exp(-last(curves_of(rows), "phones", 1)["markdown_hazard"]) == pytest.approx(0.1, abs=2e-3)


def test_nothing_is_foreseen_where_nothing_was_sold() -> None:
    for row in curves_of([]):
        assert row["monthly_price_change"] == row["price_jump"] == row["foreseen_share"] == row["price_spread"] == 0


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_curves_know_nothing_of_later_sales(data: st.DataObject) -> None:
    """A curve is the same, to the bit, when every sale after its month is taken away."""
    months = data.draw(st.integers(2, 8))
    cut = data.draw(st.integers(1, months))
    amounts = st.integers(1, 10_000)
    rows = [
        row
        | {name: float(data.draw(amounts)) for name in SUMS[:3]}
        | {"marked_down_amount": float(data.draw(st.integers(0, 1)))}
        for band, cover in ((1, 0), (3, 1))
        for row in falling(0, months, sale_months=data.draw(st.integers(1, 100)), band=band, cover=cover)
    ]
    earlier = [row for row in rows if row["month_number"] + row["month_ahead"] <= cut]
    known_then = month_ends(months)["valuation_date"][cut - 1].as_py()
    of_all = [row for row in curves_of(rows, months) if row["valuation_date"] <= known_then]
    assert of_all == curves_of(earlier, cut)
