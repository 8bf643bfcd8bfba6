"""Random histories of decisions, sales, scrapping and transfers: every identity of the books holds in each of them.

A case is one item at two locations over some months. Hypothesis draws the kind of histories; a fold takes many at once.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.books.rollforward import (
    AMOUNTS,
    FLOWS,
    FRAMEWORKS,
    RECOVERABLE,
    TRANSFERS,
    roll_accruals,
    roll_forward,
)
from inventory_valuation.exact import MONEY, QUANTITY, to_decimals, to_units

CASES, EXAMPLES = 500, 24
PLACES = 2
SIZES = (30, 10**8, 10**15)


def test_at_least_ten_thousand_cases_are_tried():
    assert CASES * EXAMPLES >= 10_000


@dataclass(frozen=True)
class Histories:
    """Arrays by period and position; period 0 is the one before the first, whose stock the first period opens with."""

    ends: list[datetime.date]
    cost: np.ndarray
    decided: np.ndarray
    is_decided: np.ndarray
    held: np.ndarray
    parts: np.ndarray  # sold, returned to supplier, scrapped, moved to the other location
    opening: np.ndarray
    fiscal_year_start: int | None

    @property
    def fiscal_years(self) -> pa.Table | None:
        return None if self.fiscal_year_start is None else fiscal_years(self.ends, self.fiscal_year_start)

    @property
    def periods(self) -> int:
        return len(self.ends) - 1

    def decisions(self, first: int, last: int) -> pa.Table:
        """Decisions of the periods from one up to another; a position without stock has none."""
        period, position = np.nonzero(self.cost[first : last + 1] >= 0)
        period += first
        stocked = self.cost[period, position] > 0
        period, position = period[stocked], position[stocked]
        amounts = to_decimals(self.decided[period, position], MONEY)
        known = pa.array(self.is_decided[period, position])
        return pa.table(
            {
                **places(position),
                "period_end": self.days(period),
                "cost_value": to_decimals(self.cost[period, position], MONEY),
                "decided_amount": pc.if_else(known, amounts, None),
            }
        )

    def flows(self) -> pa.Table:
        period, position = np.nonzero(self.held)
        columns = (self.held, self.parts[0], self.parts[1], self.parts[2])
        named = zip(FLOWS.names[3:], columns, strict=True)
        return pa.table(
            {
                **places(position),
                "valuation_date": self.days(period),
                **{name: to_decimals(values[period, position], QUANTITY) for name, values in named},
            },
            FLOWS,
        )

    def transfers(self) -> pa.Table:
        period, position = np.nonzero(self.parts[3])
        other = places(position ^ 1)["location_id"]
        return pa.table(
            {
                **places(position),
                "to_location_id": other,
                "valuation_date": self.days(period),
                "quantity": to_decimals(self.parts[3][period, position], QUANTITY),
            },
            TRANSFERS,
        )

    def openings(self) -> pa.Table:
        tables = [openings_of(framework, self.ends[0], self.opening) for framework in FRAMEWORKS]
        return pa.concat_tables(tables)

    def days(self, period: np.ndarray) -> pa.Array:
        return pa.array(self.ends, pa.date32()).take(pa.array(period))

    def roll(self, first: int = 1, last: int | None = None, openings: pa.Table | None = None) -> pa.Table:
        """The fold over the periods from one up to another."""
        openings = self.openings() if openings is None else openings
        decisions = self.decisions(first, self.periods if last is None else last)
        return roll_forward(decisions, self.flows(), self.transfers(), openings, recovery_years=self.fiscal_years)


def fiscal_years(ends: list[datetime.date], start_month: int) -> pa.Table:
    """The fiscal year of each period end."""
    years = [(12 * end.year + end.month - start_month) // 12 for end in ends]
    return pa.table({"period_end": pa.array(ends, pa.date32()), "fiscal_year": years})


def places(position: np.ndarray) -> dict[str, pa.Array]:
    """Item and location of positions."""
    return {
        "item_id": pa.array([f"i{number:04}" for number in position // PLACES], pa.string()),
        "location_id": pa.array(["AB"[number] for number in position % PLACES], pa.string()),
    }


def openings_of(framework: str, end: datetime.date, closing: np.ndarray, recoverable: np.ndarray | None = None):
    """Closing amounts of a period as the openings of the next."""
    position = np.flatnonzero(closing)
    if recoverable is None:
        recoverable = closing if framework == "ifrs" else np.zeros_like(closing)
    return pa.table(
        {
            **places(position),
            "framework": pa.array([framework] * len(position), pa.string()),
            "period_end": pa.array([end] * len(position), pa.date32()),
            "closing_amount": to_decimals(closing[position], MONEY),
            RECOVERABLE: to_decimals(recoverable[position], MONEY),
        }
    )


def dense(histories: Histories, rows: pa.Table) -> dict[tuple[str, str], np.ndarray]:
    """By framework and column the amounts by period and position; a position without a row has nothing."""
    position = np.array([int(item[1:]) * PLACES + "AB".index(place) for item, place in zip(*ids(rows), strict=True)])
    period = np.searchsorted(np.array(histories.ends, "M8[D]"), rows["period_end"].to_numpy())
    framework = np.array(rows["framework"].to_pylist())
    arrays = {}
    for name in FRAMEWORKS:
        of_framework = framework == name
        for column in (*AMOUNTS, RECOVERABLE):
            amounts = np.zeros((len(histories.ends), CASES * PLACES), np.int64)
            amounts[period[of_framework], position[of_framework]] = to_units(rows[column], MONEY)[of_framework]
            arrays[name, column.removesuffix("_amount")] = amounts
    return arrays


def ids(rows: pa.Table) -> tuple[list[str], list[str]]:
    return rows["item_id"].to_pylist(), rows["location_id"].to_pylist()


def by_item(amounts: np.ndarray) -> np.ndarray:
    """Sums over the locations of each item."""
    return amounts.reshape(len(amounts), CASES, PLACES).sum(2)


@st.composite
def histories(draw) -> Histories:
    """Many random histories of one kind."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    periods = draw(st.integers(1, 6))
    size = draw(st.sampled_from(SIZES))
    stocked, decided, moving = (draw(st.sampled_from((0.3, 0.8, 1.0))) for _ in range(3))
    shape = (periods + 1, CASES * PLACES)
    cost = random.integers(0, size, shape) * (random.random(shape) < stocked)
    share = random.choice([0, 1, 2, 3, 4], shape)  # nothing, a quarter up to all of the cost
    held = random.integers(0, size, shape) * (random.random(shape) < moving)
    rest, parts = held.copy(), []
    for _ in range(4):
        parts.append(rest * random.choice([0, 0, 1, 2, 4], shape) // 4)
        rest = rest - parts[-1]
    start = draw(st.integers(1, 12))
    return Histories(
        [
            datetime.date(2024 + (start + number - 1) // 12, (start + number - 1) % 12 + 1, 28)
            for number in range(periods + 1)
        ],
        cost,
        cost * share // 4,
        random.random(shape) < decided,
        held,
        np.stack(parts),
        random.integers(0, size, shape[1]) * (random.random(shape[1]) < draw(st.sampled_from((0, 0.5)))),
        draw(st.sampled_from((None, None, 1, 4))),
    )


@settings(deadline=None, max_examples=EXAMPLES)
@given(histories(), st.integers(0, 5), st.randoms(use_true_random=False))
def test_every_history_keeps_every_identity(history, closed, random):
    rows = history.roll()
    assert len(rows.group_by(["item_id", "location_id", "period_end", "framework"]).aggregate([])) == len(rows)
    books = dense(history, rows)
    decided_periods = np.isin(np.arange(history.periods + 1), np.flatnonzero((history.cost > 0).any(1)))
    decided_periods[0] = False
    for framework in FRAMEWORKS:
        check_identities(history, framework, {name: books[framework, name] for _, name in books}, decided_periods)
    check_frameworks(history, books)
    check_closed_periods(history, rows, min(closed, history.periods - 1), random)


def check_identities(history, framework, book, rolled):
    left = book["opening"] - book["relieved_by_sale"] - book["relieved_by_scrap"] + book["transferred"]
    assert (left + book["addition"] - book["reversal"] == book["closing"]).all(), "a row adds up"
    assert (by_item(book["transferred"]) == 0).all(), "transfers move reserve and make none"
    for name, amounts in book.items():
        assert name == "transferred" or (amounts >= 0).all(), f"{name} is not negative"
    assert (left >= 0).all()
    assert (np.minimum(book["addition"], book["reversal"]) == 0).all(), (
        "a position is not added to and reversed at once"
    )
    closing = history.opening
    for period in np.flatnonzero(rolled):
        assert (book["opening"][period] == closing).all(), "a closing is the next opening"
        closing = book["closing"][period]
        assert (closing <= history.cost[period]).all(), "no reserve exceeds the cost of its stock"
        waiting = (history.cost[period] > 0) & ~history.is_decided[period]
        assert (book["addition"][period][waiting] == 0).all()
        assert (book["reversal"][period][waiting] == 0).all(), "what nobody decided is carried"
    assert (book["recoverable"] <= book["closing"]).all()


def check_frameworks(history, books):
    is_booked = history.is_decided & (history.cost > 0)
    is_booked[0] = False
    ifrs_closing = books["ifrs", "closing"]
    assert (ifrs_closing[is_booked] == history.decided[is_booked]).all(), "IAS 2.33: assessed anew in each period"
    assert (books["ifrs", "recoverable"] == ifrs_closing).all()
    written_down = by_item(books["ifrs", "addition"]) - by_item(books["ifrs", "reversal"])
    held_before = history.opening.reshape(CASES, PLACES).sum(1)
    assert (held_before + written_down.cumsum(0) >= 0).all(), "IAS 2.33: no more is reversed than was written down"
    assert (books["us_gaap", "closing"][is_booked] >= history.decided[is_booked]).all()
    reversal, addition = by_item(books["us_gaap", "reversal"]), by_item(books["us_gaap", "addition"])
    if history.fiscal_year_start is None:
        assert (reversal == 0).all(), "ASC 330-10-35-14: no write-up"
        assert (books["us_gaap", "recoverable"] == 0).all()
        return
    year = history.fiscal_years["fiscal_year"].to_numpy()
    for number in np.unique(year):
        months = year == number
        capped = addition[months].cumsum(0) - reversal[months].cumsum(0)
        assert (capped >= 0).all(), "ASC 270-10-45-6: no more recovers than was written down within the year"


def check_closed_periods(history, rows, closed, random):
    """A later build goes on from what was closed: with the same facts it gives the same books; with others before the
    close it still opens with the closed amounts."""
    if not closed:
        return
    end = history.ends[closed]
    kept = rows.filter(pc.equal(rows["period_end"], pa.scalar(end, pa.date32())))
    kept = kept.select(["item_id", "location_id", "framework", "period_end", "closing_amount", RECOVERABLE])
    later = rows.filter(pc.greater(rows["period_end"], pa.scalar(end, pa.date32())))
    order = [
        ("period_end", "ascending"),
        ("framework", "descending"),
        ("item_id", "ascending"),
        ("location_id", "ascending"),
    ]
    if (history.cost[closed] > 0).any():
        assert history.roll(closed + 1, openings=kept).sort_by(order).equals(later.sort_by(order))
        discovered = Histories(
            **(vars(history) | {"cost": history.cost * random.choice([1, 2]), "held": history.held * 2})
        )
        opened = discovered.roll(closed + 1, closed + 1, kept)
        opening = sum(to_units(opened["opening_amount"], MONEY).tolist())
        assert opening == (sum(to_units(kept["closing_amount"], MONEY).tolist()) if len(opened) else 0)


@settings(deadline=None, max_examples=6)
@given(histories())
def test_accruals_follow_their_commitments(history):
    """ASC 330-10-35-17: what is decided is accrued; what ended with its commitment is released."""
    last = history.periods
    book = dense(history, roll_accruals(history.decisions(1, last), history.openings()))
    for framework in FRAMEWORKS:
        is_decided = history.is_decided & (history.cost > 0)
        is_decided[0] = False
        assert (book[framework, "closing"][is_decided] == history.decided[is_decided]).all()
        assert (book[framework, "closing"] <= history.cost * (np.arange(last + 1) > 0)[:, None]).all()
        assert (book[framework, "transferred"] == 0).all() and (book[framework, "relieved_by_scrap"] == 0).all()


@pytest.mark.parametrize("month", [1, 4])
def test_interim_write_downs_recover_within_their_fiscal_year_only(month):
    """ASC 270-10-45-6: a decline of March is recovered in April, unless a fiscal year ends between."""
    ends = [datetime.date(2024, 2, 29), datetime.date(2024, 3, 31), datetime.date(2024, 4, 30)]
    decisions = pa.table(
        {
            "item_id": ["x"] * 3,
            "location_id": ["A"] * 3,
            "period_end": pa.array(ends, pa.date32()),
            "cost_value": to_decimals(np.array([1000, 1000, 1000]), MONEY),
            "decided_amount": to_decimals(np.array([0, 300, 100]), MONEY),
        }
    )
    held = pa.table(
        {
            "item_id": ["x"] * 2,
            "location_id": ["A"] * 2,
            "valuation_date": pa.array(ends[:2], pa.date32()),
            "quantity": to_decimals(np.array([10, 10]), QUANTITY),
            **{name: to_decimals(np.array([0, 0]), QUANTITY) for name in FLOWS.names[4:]},
        },
        FLOWS,
    )
    rows = roll_forward(decisions, held, TRANSFERS.empty_table(), recovery_years=fiscal_years(ends, month))
    last = rows.filter(pc.equal(rows["period_end"], pa.scalar(ends[2], pa.date32()))).to_pylist()[0]
    assert last["framework"] == "us_gaap"
    recovered = 0 if month == 4 else 200
    assert last["reversal_amount"] * 10_000 == recovered
    assert last["closing_amount"] * 10_000 == 300 - recovered
