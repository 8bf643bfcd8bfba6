"""Outcomes: worked examples, conservation, the horizon, and a slow follower of single units."""

import datetime
from collections import defaultdict, deque
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.exact import MONEY, QUANTITY
from inventory_valuation.outcomes.cohorts import follow_cohorts

FIRST_DAY = datetime.date(2024, 1, 1)
LEDGER = pa.schema(
    [
        ("movement_number", pa.int64()),
        ("movement_type", pa.string()),
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("posted_on", pa.date32()),
        ("quantity_change", QUANTITY),
        ("net_amount", MONEY),
        ("linked_movement_number", pa.int64()),
    ]
)
LAYERS = pa.schema(
    [
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("valuation_date", pa.date32()),
        ("layer_number", pa.int64()),
        ("quantity", QUANTITY),
        ("cost_value", MONEY),
    ]
)
WINDOWS = pa.schema([("valuation_date", pa.date32()), ("months", pa.int64()), ("horizon_end_date", pa.date32())])
RATES = pa.schema(
    [
        ("item_id", pa.string()),
        ("selling_cost_rate", pa.float64()),
        ("recovery_rate", pa.float64()),
        ("scrap_proceeds_rate", pa.float64()),
    ]
)
INBOUND = ("opening", "receipt", "adjustment_in", "customer_return", "transfer_in")
NOTHING = (0, 0, 0)  # selling cost, recovery and scrap proceeds rate
ENDED = ("sold", "written_off", "to_supplier", "unsold")
FATE = ("quantity", "cost", *ENDED, "loss")
MEASURES = ("quantity", "cost_value", *(f"{name}_quantity" for name in ENDED), "realised_loss")


def day(number):
    return FIRST_DAY + datetime.timedelta(days=number)


def money(amount):
    return Decimal(amount).quantize(Decimal("0.0001"))


def move(kind, quantity=0, net=0, link=None, at="A", on=None, item="x"):
    return {"kind": kind, "quantity": quantity, "net": net, "link": link, "at": at, "on": on, "item": item}


def layer(quantity, cost, at="A", on=0, item="x"):
    return {"quantity": quantity, "cost": cost, "at": at, "on": on, "item": item}


def followed(layers, moves, windows=((0, 100),), rates=None):
    """The rows of follow_cohorts. Movements are numbered 1, 2, …; one a day where no day is named."""
    ledger = [
        {
            "movement_number": number,
            "movement_type": row["kind"],
            "item_id": row["item"],
            "location_id": row["at"],
            "posted_on": day(number if row["on"] is None else row["on"]),
            "quantity_change": Decimal(row["quantity"]) * (1 if row["kind"] in INBOUND else -1),
            "net_amount": Decimal(row["net"]),
            "linked_movement_number": row["link"],
        }
        for number, row in enumerate(moves, 1)
    ]
    on_hand = [
        {
            "item_id": row["item"],
            "location_id": row["at"],
            "valuation_date": day(row["on"]),
            "layer_number": number,
            "quantity": Decimal(row["quantity"]),
            "cost_value": Decimal(row["cost"]),
        }
        for number, row in enumerate(layers, 1)
    ]
    dates = [{"valuation_date": day(start), "months": 1, "horizon_end_date": day(end)} for start, end in windows]
    of_items = [
        dict(zip(RATES.names, (item, *map(float, of_item)), strict=True))
        for item, of_item in (rates or {"x": NOTHING}).items()
    ]
    return follow_cohorts(
        pa.Table.from_pylist(ledger, LEDGER),
        pa.Table.from_pylist(on_hand, LAYERS),
        pa.Table.from_pylist(dates, WINDOWS),
        pa.Table.from_pylist(of_items, RATES),
    ).to_pylist()


def follow(*told, **named):
    """Fates by item, location and day of valuation, and what is where by the same and the other location."""
    rows = followed(*told, **named)
    found, there = {}, {}
    for row in rows:
        item, at, to, on = (row[name] for name in ("item_id", "location_id", "to_location_id", "valuation_date"))
        if to is None:
            values = (row[name.replace("to_supplier", "returned_to_supplier")] for name in MEASURES)
            found[item, at, (on - FIRST_DAY).days] = dict(zip(FATE, values, strict=True))
        else:
            there[item, at, to, (on - FIRST_DAY).days] = row["quantity"]
    assert len(found) + len(there) == len(rows)
    return found, there


def fate(layers, moves, selling="0", recovery="0", scrap="0", at="A"):
    found, _ = follow(layers, moves, rates={"x": (selling, recovery, scrap)})
    return found["x", at, 0]


# Worked examples


def test_the_days_to_the_loss_are_weighted_by_amount():
    """Of 50 eight are lost at a sale on day 10, ten by scrapping on day 20, twenty at the end on day 100."""
    moves = [
        move("sale", 4, net=12, on=10),
        move("sale", 2, net=0, on=15),
        move("customer_return", 2, link=2, on=16),
        move("adjustment_out", 2, on=20),
    ]
    assert followed([layer(10, 50)], moves)[0]["days_to_loss"] == (8 * 10 + 10 * 20 + 20 * 100) / 38
    assert followed([layer(1, 5)], [move("sale", 1, net=9)])[0]["days_to_loss"] is None


def test_an_auditors_example():
    """10 bought at 5; 4 sold at 8, of which 1 comes back; 2 scrapped for 20 %; 5 left, worth 40 %."""
    moves = [
        move("sale", 4, net=32),
        move("customer_return", 1, link=1),
        move("adjustment_out", 2),
    ]
    assert fate([layer(10, 50)], moves, selling="0.1", recovery="0.4", scrap="0.2") == {
        "quantity": 10,
        "cost": 50,
        "sold": 3,
        "written_off": 2,
        "to_supplier": 0,
        "unsold": 5,
        "loss": 2 * (5 - 1) + 5 * (5 - 2),  # the 3 sold at 8 lose nothing
    }


def test_units_sold_below_cost_lose_cost_less_net_proceeds_after_selling_costs():
    found = fate([layer(10, 50)], [move("sale", 4, net=12)], selling="0.1", recovery="1")
    assert found["loss"] == 4 * (5 - Decimal("2.7"))


def test_a_gain_on_one_layer_does_not_pay_for_a_loss_on_another():
    layers = [layer(2, 8), layer(3, 18)]  # 2 at 4, then 3 at 6
    found = fate(layers, [move("sale", 3, net=15)], recovery="1")
    assert found["loss"] == 1  # the third unit, bought at 6 and sold at 5


def test_units_received_later_are_sold_later_and_come_back_first():
    moves = [
        move("receipt", 100),
        move("sale", 8, net=0),
        move("customer_return", 4, link=2),
    ]
    found = fate([layer(5, 50)], moves[:2])
    assert (found["sold"], found["unsold"], found["loss"]) == (5, 0, 50)
    found = fate([layer(5, 50)], moves, recovery="1")
    assert (found["sold"], found["unsold"], found["loss"]) == (4, 1, 40)


def test_a_unit_that_comes_back_is_first_in_line_again():
    moves = [
        move("sale", 1, net=1),
        move("customer_return", 1, link=1),
        move("adjustment_out", 1),
    ]
    assert fate([layer(1, 7), layer(1, 9)], moves, recovery="1")["loss"] == 7


def test_transferred_units_are_followed_and_count_where_they_started():
    moves = [
        move("transfer_out", 4),
        move("transfer_in", 4, link=1, at="B"),
        move("sale", 3, net=15, at="B"),
        move("transfer_out", 1),
    ]
    layers = [layer(6, 60), layer(1, 20, at="B")]
    found, there = follow(layers, moves, rates={"x": ("0", "0.5", "0")})
    assert [found["x", "B", 0][name] for name in ("sold", "unsold", "loss")] == [1, 0, 15]
    assert [found["x", "A", 0][name] for name in ("sold", "unsold", "loss")] == [2, 4, 30]
    assert there == {("x", "A", "B", 0): 2}  # the last one is still on its way, and A's


def test_units_returned_to_the_supplier_lose_nothing():
    found = fate([layer(10, 50)], [move("supplier_return", 10)])
    assert (found["to_supplier"], found["unsold"], found["loss"]) == (10, 0, 0)


def test_a_scrapped_return_writes_off_only_the_units_of_the_cohort_that_it_brought():
    moves = [
        move("sale", 3, net=0),
        move("sale", 2, net=0),
        move("customer_return", 2, link=2),
        move("return_scrap", 2, link=3),
    ]
    found = fate([layer(4, 40)], moves, recovery="1", scrap="0.5")
    assert (found["sold"], found["written_off"], found["unsold"]) == (3, 1, 0)
    assert found["loss"] == 30 + 5


def test_a_return_scrapped_in_parts_writes_off_no_more_than_it_brought():
    moves = [
        move("sale", 6),  # the cohort and one unit that came in later
        move("customer_return", 3, link=1),  # that unit, and two of the cohort
        move("customer_return", 3, link=1),
        *[move("return_scrap", 1, link=2)] * 3,
    ]
    assert fate([layer(5, 50)], moves)["written_off"] == 2


def test_a_return_of_before_the_date_that_is_scrapped_after_it_is_written_off():
    moves = [
        move("sale", 1, on=-2),
        move("customer_return", 1, link=1, on=-1),
        move("return_scrap", 1, link=2),
    ]
    assert fate([layer(1, 5)], moves)["written_off"] == 1


def test_a_return_of_a_sale_before_the_date_brings_no_unit_of_the_cohort():
    moves = [move("sale", 3, on=-1), move("sale", 2), move("customer_return", 3, link=1)]
    assert fate([layer(5, 50)], moves)["sold"] == 2


def test_a_customer_who_returns_more_than_was_sold_undoes_no_other_sale():
    moves = [move("sale", 3), move("sale", 1), move("customer_return", 3, link=2)]
    assert fate([layer(5, 50)], moves)["sold"] == 3


def test_a_sale_that_comes_back_in_parts_comes_back_at_its_cost():
    moves = [move("sale", 3, net=300), *[move("customer_return", 1, link=1)] * 2]
    assert fate([layer(3, 30)], moves)["loss"] == 20


def test_returns_without_a_known_sale_undo_the_latest_sales_at_their_location():
    moves = [
        move("sale", 2, net=2),
        move("sale", 3, net=0),
        *[move("customer_return", 1)] * 4,
    ]
    found = fate([layer(5, 50)], moves, recovery="1")
    assert (found["sold"], found["unsold"], found["loss"]) == (1, 4, 9)


def test_stock_that_nothing_happens_to_is_unsold():
    found = fate([layer(3, 10)], [], recovery="0.25")
    assert (found["unsold"], found["loss"]) == (3, Decimal("7.5"))


def test_a_date_without_stock_has_no_fates():
    assert follow([], [move("sale", 1)]) == ({}, {})


# The slow follower


LINKS = {"customer_return": "sale", "return_scrap": "customer_return", "transfer_in": "transfer_out"}


@dataclass(eq=False)
class Unit:
    """One unit of the cohort of a position."""

    item: str
    origin: str
    cost: Decimal
    end: str = "unsold"
    price: Decimal = Decimal(0)

    def loss(self, selling, recovery, scrap):
        proceeds = {
            "sold": self.price * (1 - selling),
            "written_off": self.cost * scrap,
            "to_supplier": self.cost,
            "unsold": self.cost * recovery,
        }
        return max(self.cost - proceeds[self.end], Decimal(0))


ENDS = {"adjustment_out": "written_off", "return_scrap": "written_off", "supplier_return": "to_supplier"}


def follow_units(layers, moves, start, end):
    """The units on hand at the start, one by one; None stands for a unit that came in later."""
    queues, sold_at, units = defaultdict(deque), defaultdict(list), []
    sales, scrappable, travelling = {}, {}, {}
    for row in layers:
        if row["on"] == start:
            for _ in range(row["quantity"]):
                units.append(Unit(row["item"], row["at"], row["cost"] / row["quantity"]))
                queues[row["item"], row["at"]].append(units[-1])
    for number, row in enumerate(moves, 1):
        if not start < row["on"] <= end:
            continue
        kind, quantity, link, place = row["kind"], row["quantity"], row["link"], (row["item"], row["at"])
        queue = queues[place]
        if kind == "transfer_in":
            queue.extend(travelling.pop(link, []))
        elif kind == "transfer_out":
            travelling[number] = [queue.popleft() for _ in range(quantity) if queue]
        elif kind == "sale":
            sales[number] = []
            for _ in range(quantity):
                unit = queue.popleft() if queue else None
                if unit:
                    unit.end, unit.price = "sold", row["net"] / quantity
                sale = [unit]  # emptied when the customer brings it back
                sales[number].append(sale)
                sold_at[place].append(sale)
        elif kind == "customer_return":
            candidates = sold_at[place] if link is None else sales.get(link, [])
            scrappable[number] = 0
            for sale in [sale for sale in reversed(candidates) if sale][:quantity]:
                unit = sale.pop()
                if unit:
                    unit.end = "unsold"
                    queue.appendleft(unit)
                    scrappable[number] += 1
        elif kind in ENDS:
            if link in scrappable:
                quantity = min(quantity, scrappable[link])
                scrappable[link] -= quantity
            for _ in range(quantity):
                if queue:
                    queue.popleft().end = ENDS[kind]
    return units, {place: list(queue) for place, queue in queues.items()}


def summary(layers, moves, windows, rates):
    found, there = {}, defaultdict(int)
    for start, end in windows:
        units, queues = follow_units(layers, moves, start, end)
        for unit in units:
            of_position = found.setdefault((unit.item, unit.origin, start), dict.fromkeys(FATE, 0))
            of_position["quantity"] += 1
            of_position["cost"] += unit.cost
            of_position[unit.end] += 1
            of_position["loss"] += unit.loss(*rates[unit.item])
        for (item, at), queue in queues.items():
            for unit in queue:
                if unit.origin != at:
                    there[item, unit.origin, at, start] += 1
    return found, dict(there)


# Whole units at whole cents: every share is exact, so that the two followers must agree to the last digit.
CENTS = st.integers(0, 2_000).map(lambda cents: Decimal(cents) / 100)
RATE = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)
WHOLE = st.integers(1, 6)
# Millionths of a unit, for the tests that need no reference.
PARTS = st.integers(1, 9_000_000).map(lambda parts: Decimal(parts).scaleb(-6))
KINDS = (
    *("sale", "sale", "sale", "sale", "customer_return", "customer_return", "customer_return", "return_scrap"),
    *("transfer_out", "transfer_out", "adjustment_out", "supplier_return"),
    *("opening", "receipt", "adjustment_in", "cost_adjustment"),
)


@st.composite
def ledgers(draw, quantities=WHOLE, prices=CENTS, kinds=KINDS):
    """Movements of every kind, of two items at three locations."""
    moves, on, sent = [], 0, []
    for number in range(1, draw(st.integers(0, 40)) + 1):
        on += draw(st.integers(0, 2))
        kind = draw(st.sampled_from(kinds + ("transfer_in",) * 4 * bool(sent)))
        row = move(kind, draw(quantities), at=draw(st.sampled_from("AAAABC")), on=on)
        row["item"] = draw(st.sampled_from("xxxxy"))
        if kind == "transfer_in":
            row["link"] = sent.pop(draw(st.integers(0, len(sent) - 1)))
            shipment = moves[row["link"] - 1]
            row["item"], row["quantity"] = shipment["item"], shipment["quantity"]
        elif kind == "sale":
            row["net"] = money(draw(prices) * row["quantity"])
        elif kind == "cost_adjustment":
            row["quantity"] = 0
        elif kind in LINKS:
            earlier = [
                other
                for other, earlier in enumerate(moves, 1)
                if (earlier["kind"], earlier["item"]) == (LINKS[kind], row["item"])
            ]
            if earlier and draw(st.integers(0, 2)):
                row["link"] = draw(st.sampled_from(earlier))
                if draw(st.integers(0, 3)):
                    row["at"] = moves[row["link"] - 1]["at"]
        if kind == "transfer_out":
            sent.append(number)
        moves.append(row)
    return moves


@st.composite
def windows(draw):
    starts = draw(st.lists(st.integers(-1, 20), min_size=1, max_size=3, unique=True))
    return [(start, start + draw(st.integers(0, 40))) for start in starts]


@st.composite
def stocks(draw, dates, quantities=WHOLE, costs=CENTS):
    """Layers on hand at each date; the follower takes them as they are, whatever the ledger says."""
    layers = []
    for start, _ in dates:
        for _ in range(draw(st.integers(0, 8))):
            quantity = draw(quantities)
            where = {"at": draw(st.sampled_from("AAAABC")), "item": draw(st.sampled_from("xxxxy"))}
            layers.append(layer(quantity, money(draw(costs) * quantity), on=start, **where))
    return layers


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_random_ledgers_agree_with_the_follower_of_single_units(data):
    moves, dates = data.draw(ledgers()), data.draw(windows())
    layers = data.draw(stocks(dates))
    rates = {item: data.draw(st.tuples(RATE, RATE, RATE)) for item in "xy"}
    assert follow(layers, moves, dates, rates) == summary(layers, moves, dates, rates)


# Conservation


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_every_unit_ends_up_in_exactly_one_place(data):
    """Units that cost 100 and lose it in one place only: the loss counts the units there, by the millionth."""
    price = st.just(Decimal(100))
    moves, dates = data.draw(ledgers(PARTS, price)), data.draw(windows())
    layers = data.draw(stocks(dates, PARTS, price))
    losses = {
        end: follow(layers, moves, dates, dict.fromkeys("xy", rates))[0]
        for end, rates in {"sold": (1, 1, 1), "unsold": (0, 0, 1), "written_off": (0, 1, 0)}.items()
    }
    found, there = follow(layers, moves, dates, dict.fromkeys("xy", NOTHING))
    held = defaultdict(Decimal)
    for row in layers:
        held[row["item"], row["at"], row["on"]] += row["quantity"]
    assert {position: row["quantity"] for position, row in found.items()} == held
    for position, row in found.items():
        assert row["quantity"] == sum(row[end] for end in ENDED)
        assert min(row[end] for end in ENDED) >= 0
        for end, of_positions in losses.items():
            assert of_positions[position]["loss"] == 100 * row[end], end
        item, at, start = position
        elsewhere = [there.get((item, at, to, start), 0) for to in "ABC"]
        assert sum(elsewhere) <= row["unsold"]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_rounded_parts_add_up_to_the_cost_of_the_cohort(data):
    """Where nothing brings any money, the loss is the cost, to the last ten-thousandth."""
    kinds = tuple(kind for kind in KINDS if kind != "supplier_return")
    moves = data.draw(ledgers(PARTS, st.just(Decimal(0)), kinds))
    dates = data.draw(windows())
    layers = data.draw(stocks(dates, PARTS, st.just(Decimal(0))))
    for row in layers:
        row["cost"] = money(data.draw(PARTS))
    found, _ = follow(layers, moves, dates, dict.fromkeys("xy", NOTHING))
    assert {k: row["loss"] for k, row in found.items()} == {k: row["cost"] for k, row in found.items()}


def test_a_cohort_that_cost_nothing_loses_nothing():
    """Goods on consignment: sold, scrapped and left over."""
    moves = [move("sale", 2, 20), move("adjustment_out", 3)]
    found = fate([layer(10, 0)], moves, selling="0.05", recovery="0.2", scrap="0.1")
    assert (found["sold"], found["written_off"], found["unsold"]) == (2, 3, 5)
    assert (found["cost"], found["loss"]) == (0, 0)


# The horizon


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_movements_after_the_horizon_change_nothing(data):
    moves, dates = data.draw(ledgers(PARTS)), data.draw(windows())[:1]
    layers = data.draw(stocks(dates, PARTS))
    rates = {item: data.draw(st.tuples(RATE, RATE, RATE)) for item in "xy"}
    known = [row for row in moves if row["on"] <= dates[0][1]]
    assert follow(layers, moves, dates, rates) == follow(layers, known, dates, rates)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_movements_up_to_the_date_count_only_through_what_is_on_hand(data):
    moves, dates = data.draw(ledgers(PARTS)), data.draw(windows())[:1]
    layers = data.draw(stocks(dates, PARTS))
    rates = {item: data.draw(st.tuples(RATE, RATE, RATE)) for item in "xy"}
    other_past = [
        row
        if row["on"] > dates[0][0]
        else row | {"quantity": data.draw(PARTS), "net": data.draw(CENTS), "at": data.draw(st.sampled_from("AD"))}
        for row in moves
    ]
    assert follow(layers, moves, dates, rates) == follow(layers, other_past, dates, rates)
