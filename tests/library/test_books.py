"""The reserve roll-forward: worked examples of both frameworks, and random histories that must add up."""

import datetime
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.books.rollforward import AMOUNTS, FLOWS, FRAMEWORKS, RECOVERABLE, TRANSFERS, roll_forward
from inventory_valuation.exact import MONEY

ENDS = [datetime.date(2024, month, 28) for month in range(1, 7)]
PLACES = [(item, location) for item in "xy" for location in "ABC"]
POSITION = [("item_id", pa.string()), ("location_id", pa.string())]
DECISIONS = pa.schema([*POSITION, ("period_end", pa.date32()), ("cost_value", MONEY), ("decided_amount", MONEY)])
SCHEMAS = (DECISIONS, FLOWS, TRANSFERS)


def amount(value):
    return Decimal(value).quantize(Decimal("0.0001"))


def decided(period, cost, reserve, at="A", item="x"):
    return (item, at, ENDS[period], amount(cost), amount(reserve))


def flow(period, quantity, sold=0, returned=0, scrapped=0, at="A", item="x"):
    """The fate, in the period, of the stock held when it opened."""
    return (item, at, ENDS[period - 1], *map(amount, (quantity, sold, returned, scrapped)))


def transfer(period, quantity, at="A", to="B", item="x"):
    return (item, at, to, ENDS[period - 1], amount(quantity))


def tables(*rows_of_each):
    return [
        pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
        for schema, rows in zip(SCHEMAS, rows_of_each, strict=True)
    ]


def roll(decisions, flows=(), transfers=()):
    return roll_forward(*tables(decisions, flows, transfers)).to_pylist()


def at(rows, framework, period, location="A"):
    """The amounts of one row that are not zero."""
    key = (framework, ENDS[period], location)
    (row,) = [row for row in rows if (row["framework"], row["period_end"], row["location_id"]) == key]
    return {name.removesuffix("_amount"): row[name] for name in AMOUNTS if row[name]}


# Worked examples: 100 units that cost 10 each


WRITTEN_DOWN = decided(0, 1000, 200)  # net realizable value falls to 8 a unit
BOUGHT_AT_TEN = [WRITTEN_DOWN, decided(1, 1000, 0)]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_write_down_to_net_realizable_value(framework):
    """IAS 2.28-30 and ASC 330-10-35-1B: 100 units at 10, worth 8, are written down by 200."""
    assert at(roll([WRITTEN_DOWN]), framework, 0) == {"addition": 200, "closing": 200}


def test_ifrs_reverses_a_write_down_when_the_value_recovers():
    """IAS 2.33-34: worth 11 again, the 200 are reversed, and no more: the carrying amount is cost."""
    rows = roll(BOUGHT_AT_TEN, [flow(1, 100)])
    assert at(rows, "ifrs", 1) == {"opening": 200, "reversal": 200}


def test_ifrs_reverses_part_when_part_of_the_value_recovers():
    """IAS 2.33: the new carrying amount is the lower of cost and the revised value, 9 a unit."""
    rows = roll([WRITTEN_DOWN, decided(1, 1000, 100)], [flow(1, 100)])
    assert at(rows, "ifrs", 1) == {"opening": 200, "reversal": 100, "closing": 100}


def test_us_gaap_never_marks_a_write_down_up():
    """ASC 330-10-35-14, SAB Topic 5.BB (ASC 330-10-S99-2): the reduced amount is the cost from then on."""
    rows = roll(BOUGHT_AT_TEN, [flow(1, 100)])
    assert at(rows, "us_gaap", 1) == {"opening": 200, "closing": 200}


def test_a_second_fall_adds_only_what_the_new_cost_basis_does_not_cover():
    """ASC 330-10-35-14 and IAS 2.33: worth 8, then 11, then 7; what IFRS reversed it writes down again."""
    rows = roll([*BOUGHT_AT_TEN, decided(2, 1000, 300)], [flow(1, 100), flow(2, 100)])
    assert at(rows, "us_gaap", 2) == {"opening": 200, "addition": 100, "closing": 300}
    assert at(rows, "ifrs", 2) == {"addition": 300, "closing": 300}


def test_sold_units_take_their_write_down_to_cost_of_sales():
    """IAS 2.34: 40 of 100 are sold at their carrying amount, and only what is left can be reversed."""
    rows = roll([WRITTEN_DOWN, decided(1, 600, 0)], [flow(1, 100, sold=40)])
    assert at(rows, "ifrs", 1) == {"opening": 200, "relieved_by_sale": 80, "reversal": 120}
    assert at(rows, "us_gaap", 1) == {"opening": 200, "relieved_by_sale": 80, "closing": 120}


def test_scrapped_and_returned_units_take_their_write_down_along():
    """ASC 330-10-35-14: the new cost basis leaves with the units, however they leave."""
    rows = roll([WRITTEN_DOWN, decided(1, 450, 0)], [flow(1, 100, sold=20, returned=10, scrapped=25)])
    relief = {"opening": 200, "relieved_by_sale": 60, "relieved_by_scrap": 50}
    assert at(rows, "us_gaap", 1) == relief | {"closing": 90}
    assert at(rows, "ifrs", 1) == relief | {"reversal": 90}


def test_new_units_do_not_dilute_the_write_down_of_old_ones():
    """SAB Topic 5.BB: 100 more units, bought at 10 and worth 11, leave the old new cost basis as it was."""
    rows = roll([WRITTEN_DOWN, decided(1, 2000, 0)], [flow(1, 100)])
    assert at(rows, "us_gaap", 1) == {"opening": 200, "closing": 200}


def test_moved_units_keep_their_new_cost_basis():
    """ASC 330-10-35-14: another shelf is neither a sale nor a recovery."""
    rows = roll([WRITTEN_DOWN, decided(1, 750, 0), decided(1, 250, 0, "B")], [flow(1, 100)], [transfer(1, 25)])
    assert at(rows, "us_gaap", 1) == {"opening": 200, "transferred": -50, "closing": 150}
    assert at(rows, "us_gaap", 1, "B") == {"transferred": 50, "closing": 50}
    assert at(rows, "ifrs", 1, "B") == {"transferred": 50, "reversal": 50}


@pytest.mark.parametrize("order", [1, -1])
def test_shares_of_a_write_down_add_up_to_the_ten_thousandth(order):
    rows = roll(
        [decided(0, 10, 1), decided(1, 10, 0, "B"), decided(1, 10, 0, "C")],
        [flow(1, 3, sold=1)],
        [transfer(1, 1), transfer(1, 1, to="C")][::order],
    )
    gone = {"opening": 1, "relieved_by_sale": amount("0.3333"), "transferred": amount("-0.6667")}
    assert at(rows, "us_gaap", 1) == gone
    assert at(rows, "us_gaap", 1, "B") == dict.fromkeys(("transferred", "closing"), amount("0.3334"))
    assert at(rows, "us_gaap", 1, "C") == dict.fromkeys(("transferred", "closing"), amount("0.3333"))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_reserve_outlives_its_stock(framework):
    """Stock that is gone at the close, though no flow says where, takes its reserve to cost of sales."""
    rows = roll([WRITTEN_DOWN, decided(1, 1000, 0, "B")], [flow(1, 100)])
    assert at(rows, framework, 1) == {"opening": 200, "relieved_by_sale": 200}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_nobody_decided_keeps_what_is_left(framework):
    """40 of 100 units are sold with their 80; the other 120 stay, whatever is proposed, until someone decides."""
    waiting = [("x", "A", ENDS[period], amount(600), None) for period in (1, 2)]
    rows = roll([WRITTEN_DOWN, *waiting, decided(3, 600, 150)], [flow(1, 100, sold=40), flow(2, 60), flow(3, 60)])
    assert at(rows, framework, 1) == {"opening": 200, "relieved_by_sale": 80, "closing": 120}
    assert at(rows, framework, 2) == {"opening": 120, "closing": 120}
    assert at(rows, framework, 3) == {"opening": 120, "addition": 30, "closing": 150}


def test_no_decisions_no_rows():
    table = roll_forward(*tables([], [flow(1, 100)], []))
    assert table.num_rows == 0
    assert table.column_names == ["item_id", "location_id", "period_end", "framework", *AMOUNTS, RECOVERABLE]


# Random histories


def unit(value):
    return Decimal(value).scaleb(-4)


def millionth(value):
    return Decimal(value).scaleb(-6)


sizes = st.one_of(st.integers(0, 30), st.integers(0, 10**8), st.integers(0, 10**17))


@st.composite
def histories(draw):
    """Decisions, flows and transfers of six positions; parts of the opening stock never exceed it."""
    decisions, flows, transfers = [], [], []
    for end in ENDS[: draw(st.integers(1, 5))]:
        for item, location in PLACES:
            if draw(st.booleans()):
                cost = draw(sizes)
                reserve = draw(st.one_of(st.just(0), st.just(cost), st.integers(0, cost)))
                decisions.append((item, location, end, unit(cost), unit(reserve)))
            if draw(st.booleans()):
                rest = quantity = draw(sizes)
                parts = []
                for _ in range(5):
                    parts.append(draw(st.one_of(st.just(0), st.just(rest), st.integers(0, rest))))
                    rest -= parts[-1]
                flows.append((item, location, end, millionth(quantity), *map(millionth, parts[:3])))
                others = [place for place in "ABC" if place != location]
                transfers += [
                    (item, location, to, end, millionth(part))
                    for to, part in zip(others, parts[3:], strict=True)
                    if part
                ]
    return decisions or [decided(0, 10, 1)], flows, transfers


def random_histories(test):
    return settings(deadline=None, max_examples=30)(given(histories())(test))


def key(row, *names):
    return tuple(row[name] for name in names)


def left(row):
    """What is left of the opening reserve once units have left and moved."""
    relieved = row["relieved_by_sale_amount"] + row["relieved_by_scrap_amount"]
    return row["opening_amount"] - relieved + row["transferred_amount"]


def of(framework, rows):
    return [row for row in rows if row["framework"] == framework]


@random_histories
def test_every_decision_about_stock_has_one_row_per_framework(history):
    found = [key(row, "item_id", "location_id", "period_end", "framework") for row in roll(*history)]
    assert len(found) == len(set(found))
    stocked = {(*row[:3], framework) for row in history[0] if row[3] for framework in FRAMEWORKS}
    assert stocked <= set(found)


@random_histories
def test_us_gaap_reserves_fall_by_sale_disposal_or_transfer_only(history):
    """ASC 330-10-35-14: no write-up; the closing is what is left, or the decided amount if that is more."""
    reserves = {row[:3]: row[4] for row in history[0]}
    for row in of("us_gaap", roll(*history)):
        assert row["reversal_amount"] == 0
        assert row["closing_amount"] >= left(row)
        proposed = reserves.get(key(row, "item_id", "location_id", "period_end"), 0)
        assert row["closing_amount"] == max(left(row), proposed)


@random_histories
def test_ifrs_never_holds_more_than_us_gaap(history):
    decisions, flows, _ = history
    pairs = defaultdict(dict)
    for row in roll(decisions, flows):
        pairs[key(row, "item_id", "location_id", "period_end")][row["framework"]] = row["closing_amount"]
    for pair in pairs.values():
        assert pair.get("ifrs", 0) <= pair.get("us_gaap", 0)


@random_histories
def test_units_leave_with_their_share_of_the_reserve(history):
    """To the ten-thousandth; sales take more only where the reserve would exceed the stock's cost."""
    decisions, flows, transfers = history
    ends = sorted({end for _, _, end, *_ in decisions})
    following = dict(pairwise(ends))
    costs = {row[:3]: row[3] for row in decisions}
    fates = {(*row[:2], following.get(row[2])): list(map(Fraction, row[3:])) for row in flows}
    fine = Fraction(1, 10_000)
    rows = roll(*history)
    openings = {
        key(row, "framework", "item_id", "location_id", "period_end"): Fraction(row["opening_amount"]) for row in rows
    }
    moved, moves = defaultdict(Fraction), defaultdict(int)
    for item, origin, target, end, quantity in transfers:
        end = following.get(end)
        held = fates[item, origin, end][0]
        for framework in FRAMEWORKS:
            share = openings.get((framework, item, origin, end), 0) * Fraction(quantity) / held
            for place, sign in ((origin, -1), (target, 1)):
                moved[framework, item, place, end] += sign * share
                moves[framework, item, place, end] += 1
    for row in rows:
        place = key(row, "item_id", "location_id", "period_end")
        held, sold, returned, scrapped = fates.get(place, [0] * 4)
        opening = Fraction(row["opening_amount"])
        by_sale = opening * (sold + returned) / held if held else 0
        by_scrap = opening * scrapped / held if held else 0
        more = Fraction(row["relieved_by_sale_amount"]) - by_sale
        assert more >= -fine / 2
        assert more <= fine / 2 or left(row) == costs.get(place, 0)
        assert abs(Fraction(row["relieved_by_scrap_amount"]) - by_scrap) <= fine
        off = abs(Fraction(row["transferred_amount"]) - moved[row["framework"], *place])
        assert off <= fine * moves[row["framework"], *place]


@settings(deadline=None, max_examples=25)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(history, random):
    shuffled = [random.sample(rows, len(rows)) for rows in history]
    assert roll(*shuffled) == roll(*history)


@random_histories
def test_no_item_bears_on_another(history):
    """IAS 2.29 and 2.33: the unit of account is the item."""
    rows = roll(*history)
    for item in "xy":
        own = [[row for row in part if row[0] == item] for part in history]
        ends = {row[2] for row in own[0]}
        if ends == {row[2] for row in history[0]}:
            assert roll(*own) == [row for row in rows if row["item_id"] == item]


@random_histories
def test_without_flows_and_transfers_reserves_stay_as_far_as_stock_does(history):
    costs = {row[:3]: row[3] for row in history[0]}
    for row in roll(history[0]):
        cost = costs.get(key(row, "item_id", "location_id", "period_end"), 0)
        assert left(row) == min(row["opening_amount"], cost)
        assert row["relieved_by_scrap_amount"] == row["transferred_amount"] == 0
