"""Costing: textbook cases, policies, and random ledgers against a slow, plain reference."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_valuation.costing.costs import cost_movements, costs_and_layers
from inventory_valuation.exact import MONEY, QUANTITY

FIRST_DAY = datetime.date(2024, 1, 1)
LAYERED = ("fifo", "lifo", "weighted_average")
LEDGER = pa.schema(
    [
        ("movement_number", pa.int64()),
        ("movement_type", pa.string()),
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("posted_on", pa.date32()),
        ("received_on", pa.date32()),
        ("quantity_change", QUANTITY),
        ("cost_amount", MONEY),
        ("linked_movement_number", pa.int64()),
    ]
)
STANDARDS = pa.schema([("item_id", pa.string()), ("standard_cost", pa.decimal128(24, 10))])


def day(number):
    return FIRST_DAY + datetime.timedelta(days=number)


def decimal(value, places=4):
    return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def move(kind, quantity=0, cost=None, link=None, at="A", on=None, received=None, item="x"):
    return {
        "movement_type": kind,
        "item_id": item,
        "location_id": at,
        "posted_on": on,
        "received_on": received,
        "quantity_change": decimal(quantity, 6),
        "cost_amount": decimal(cost),
        "linked_movement_number": link,
    }


def ledger(moves):
    """Numbered 1, 2, …; one a day where no day is named."""
    rows = []
    for number, row in enumerate(moves, 1):
        on = day(number if row["posted_on"] is None else row["posted_on"])
        received = on if row["received_on"] is None else day(row["received_on"])
        rows.append(row | {"movement_number": number, "posted_on": on, "received_on": received})
    return pa.Table.from_pylist(rows, LEDGER)


def standards(**costs):
    rows = [{"item_id": item, "standard_cost": decimal(cost, 10)} for item, cost in costs.items()]
    return pa.Table.from_pylist(rows, STANDARDS)


def cost(moves, method, **costs):
    rows = cost_movements(ledger(moves), standards(**costs)).to_pylist()
    return sorted((row for row in rows if row["costing_method"] == method), key=lambda row: row["movement_number"])


def open_layers(table, dates, standard_costs):
    costed = costs_and_layers(table, table.slice(0, 0), dates, standard_costs)
    return costed.filter(pc.field("layer_number").is_valid())


def changes(moves, method, **costs):
    return [row["value_change"] for row in cost(moves, method, **costs)]


def layers_after(moves, at="A"):
    dates = pa.table({"valuation_date": pa.array([day(10_000)])})
    rows = open_layers(ledger(moves), dates, standards()).to_pylist()
    return [
        (row["quantity"], row["fifo_value"], (row["received_on"] - FIRST_DAY).days)
        for row in rows
        if row["location_id"] == at
    ]


def d(*values):
    return [decimal(value) for value in values]


# Textbook examples


SPY_WHO_LOVES_YOU = [
    move("receipt", 150, 150 * 27),
    move("sale", -120),
    move("receipt", 225, 225 * 30),
    move("sale", -180),
    move("receipt", 210, 210 * 33),
]


CALL_MART = [
    move("receipt", 2_000, 2_000 * 4),
    move("receipt", 6_000, 26_400),
    move("sale", -4_000),
    move("receipt", 2_000, 9_500),
]
FOO = [move("receipt", 100, 100 * 50), move("receipt", 125, 125 * 55), move("receipt", 75, 75 * 59), move("sale", -210)]


@pytest.mark.parametrize(
    ("moves", "method", "cost_of_sales", "closing"),
    [
        (SPY_WHO_LOVES_YOU, "fifo", 8550, 9180),
        (SPY_WHO_LOVES_YOU, "lifo", 8640, 9090),
        (SPY_WHO_LOVES_YOU, "weighted_average", "8576.4706", "9153.5294"),
        (CALL_MART, "fifo", 16_800, 27_100),  # 2,000 at 4.00 and 2,000 at 4.40
        (CALL_MART, "lifo", 17_600, 26_300),  # 4,000 at 4.40
        (CALL_MART, "weighted_average", 17_200, 26_700),  # 4,000 at 34,400 / 8,000 = 4.30
        (FOO, "fifo", 11_050, 5_250),  # 100 at 50 and 110 at 55
        (FOO, "lifo", 11_800, 4_500),  # 75 at 59, 125 at 55, 10 at 50
        (FOO, "weighted_average", 11_410, 4_890),  # 210 of 300 that cost 16,300
    ],
)
def test_perpetual_cost_of_sales(moves, method, cost_of_sales, closing):
    """Published examples, each recalculated by hand.

    The Spy Who Loves You: OpenStax, Principles of Accounting 1, section 10.3 (unrounded). Call-Mart: Kieso, Weygandt
    and Warfield, Intermediate Accounting, chapter 8, perpetual. Foo Co.: Wikipedia, FIFO and LIFO accounting (the
    average is ours).
    """
    found = changes(moves, method)
    sold = [change for change, moved in zip(found, moves, strict=True) if moved["movement_type"] == "sale"]
    assert -sum(sold) == decimal(cost_of_sales)
    assert sum(found) == decimal(closing)


def test_standard_cost_sends_price_differences_to_variance():
    """Horngren, Cost Accounting: purchase price variance = (actual - standard) x quantity."""
    moves = [move("receipt", 100, 550), move("sale", -40), move("receipt", 50, 240)]
    rows = cost(moves, "standard", x=5)
    assert [row["value_change"] for row in rows] == d(500, -200, 250)
    assert [row["variance_amount"] for row in rows] == d(50, 0, -10)


def test_items_without_a_standard_cost_get_no_rows():
    assert cost([move("receipt", 1, 1)], "standard", y=5) == []
    assert len(cost([move("receipt", 1, 1), move("sale", -1, item="y")], "standard", y=5)) == 1


# Policies


def test_shares_of_a_layer_add_up():
    assert changes([move("receipt", 3, 100)] + [move("sale", -1)] * 3, "fifo") == d(
        100, "-33.3333", "-33.3334", "-33.3333"
    )


@pytest.mark.parametrize("method", LAYERED)
def test_negative_stock_is_costed_at_the_last_known_cost_and_trued_up(method):
    moves = [move("receipt", 1, 10), move("sale", -3), move("receipt", 5, 60)]
    rows = cost(moves, method)
    assert [row["value_change"] for row in rows] == d(10, -30, 56)
    assert [row["variance_amount"] for row in rows] == d(0, 0, 4)
    assert [row["is_provisional"] for row in rows] == [False, True, False]


@pytest.mark.parametrize("method", LAYERED)
def test_stock_never_received_is_costed_at_the_item_elsewhere_then_standard_then_nothing(method):
    assert changes([move("sale", -2)], method) == [0]
    assert changes([move("sale", -2)], method, x=7) == [-14]
    moves = [move("receipt", 1, 9, at="B"), move("sale", -2)]
    assert changes(moves, method, x=7) == [9, -18]


@pytest.mark.parametrize("method", LAYERED)
def test_customer_returns_come_back_at_the_cost_of_their_sale(method):
    moves = [
        move("receipt", 3, 100),
        move("sale", -3),
        move("receipt", 3, 300),
        *[move("customer_return", 1, link=2)] * 4,
    ]
    rows = cost(moves, method)
    assert [row["value_change"] for row in rows[3:6]] == d("33.3333", "33.3334", "33.3333")
    # Beyond the sale: at the cost of what leaves next, which under LIFO is what came back last.
    beyond = {"fifo": "100", "lifo": "33.3333", "weighted_average": "66.6667"}
    assert rows[6]["value_change"] == decimal(beyond[method])
    assert [row["is_cost_assumed"] for row in rows[3:]] == [False, False, False, True]


def test_returned_stock_queues_behind_but_keeps_its_age():
    moves = [
        move("receipt", 1, 10),
        move("receipt", 1, 20),
        move("sale", -1),
        move("customer_return", 1, link=3),
    ]
    assert layers_after(moves) == [(1, 20, 2), (1, 10, 1)]
    assert changes([*moves, move("sale", -1)], "fifo")[-1] == -20


def test_scrapped_returns_and_supplier_returns_take_their_own_layer_first():
    moves = [
        move("receipt", 2, 20),
        move("receipt", 2, 60),
        move("supplier_return", -1, link=2),
        move("supplier_return", -2, link=2),
    ]
    assert changes(moves, "fifo")[2:] == [-30, -40]
    moves = [
        move("receipt", 1, 10),
        move("sale", -1),
        move("receipt", 1, 50),
        move("customer_return", 1, link=2),
        move("return_scrap", -1, link=4),
    ]
    for method in LAYERED:
        assert changes(moves, method)[3:] == [10, -10]


def test_a_supplier_return_never_takes_more_than_the_average_pool_holds():
    moves = [
        move("receipt", 10, 1000),
        move("receipt", 100, 1000),
        move("sale", -100),
        move("supplier_return", -8, link=1),
        move("supplier_return", -2, link=1),
    ]
    assert sum(changes(moves, "weighted_average")) == 0
    assert changes(moves, "weighted_average")[3:] == d("-181.8182", 0)


def test_transfers_carry_layers_cost_and_age():
    moves = [
        move("receipt", 5, 50),
        move("receipt", 5, 100),
        move("receipt", 1, 99, at="B"),
        move("transfer_out", -7),
        move("transfer_in", 7, link=4, at="B"),
        move("sale", -6, at="B"),
    ]
    assert layers_after(moves[:4], "B") == [(1, 99, 3)]
    assert layers_after(moves[:5], "B") == [(5, 50, 1), (2, 40, 2), (1, 99, 3)]
    assert layers_after(moves[:5], "A") == [(3, 60, 2)]
    assert changes(moves, "fifo")[3:] == [-90, 90, -70]
    assert changes(moves, "lifo")[3:] == [-120, 120, -110]
    assert changes(moves, "weighted_average")[3:] == [-105, 105, -153]


def test_late_costs_follow_what_is_on_hand():
    moves = [
        move("receipt", 10, 100),
        move("receipt", 10, 200),
        move("sale", -1),
        move("cost_adjustment", 0, 100, link=1),
    ]
    expected = {"fifo": (90, 10), "lifo": (100, 0), "weighted_average": (95, 5)}
    for method, (share, rest) in expected.items():
        row = cost(moves, method)[-1]
        assert (row["value_change"], row["variance_amount"]) == (share, rest)
    assert cost(moves, "standard", x=10)[-1]["variance_amount"] == 100


def test_under_the_average_a_late_cost_goes_to_stock_as_far_as_the_pool_is_still_there():
    """A slip of 290 for 5, corrected after ten of 115 were issued; then no stock of the receipt's time is left."""
    moves = [move("receipt", 10, 50), move("receipt", 105, 105 * 290), move("sale", -10)]
    correction = move("cost_adjustment", 0, -105 * 285, link=2)
    assert sum(changes([*moves, correction], "weighted_average")) == 525
    assert cost([*moves, correction], "weighted_average")[-1]["variance_amount"] == decimal("-2602.1739")
    emptied = [*moves, move("sale", -105), move("receipt", 7, 70), correction]
    assert cost(emptied, "weighted_average")[-1]["variance_amount"] == -105 * 285


def test_under_the_average_a_late_cost_goes_where_transfers_carried_it():
    moves = [
        move("receipt", 10, 100),
        move("receipt", 10, 100),
        move("transfer_out", -10),
        move("transfer_in", 10, link=3, at="B"),
        move("transfer_out", -2, at="B"),
        move("receipt", 8, 80, at="B"),
        move("sale", -4, at="B"),
        move("cost_adjustment", 0, 100, link=1),
    ]
    rows = cost(moves, "weighted_average")[7:]
    # Half stayed, half moved on: a fifth of that is under way again, and of the rest a quarter was sold.
    assert [row["value_change"] for row in rows] == [50, 10, 30]
    assert rows[0]["variance_amount"] == 10


@pytest.mark.parametrize("method", LAYERED)
def test_stock_on_hand_is_never_worth_less_than_nothing(method):
    moves = [
        move("receipt", 10, -5),
        move("receipt", 10, 100, at="B"),
        move("cost_adjustment", 0, -130, link=2, at="B"),
    ]
    rows = cost(moves, method)
    assert [row["value_change"] for row in rows] == [0, 100, -100]
    assert [row["variance_amount"] for row in rows] == [-5, 0, -30]
    rows = cost([move("receipt", 10, 100), move("cost_adjustment", 0, -130)], method)
    assert [(row["value_change"], row["variance_amount"]) for row in rows] == [(100, 0), (-100, -30)]


@pytest.mark.parametrize("method", LAYERED)
def test_quantities_are_exact_in_millionths(method):
    moves = [move("receipt", 1, 12)] + [move("sale", "-0.083333")] * 12
    rows = changes(moves, method)
    assert rows[1:3] == d(-1, -1)
    assert sum(rows) == decimal("0.0000")
    assert sum(row["quantity_change"] for row in ledger(moves).to_pylist()) == decimal("0.000004", 6)


def test_a_position_at_standard_is_worth_its_quantity_at_ten_decimals():
    for quantity, standard, value in [(2_000_000, "0.00034", 680), (3, "0.0000333333", "0.0001"), (1, "7000000.25", 0)]:
        row = cost([move("receipt", quantity, 1)], "standard", x=standard)[0]
        assert row["value_change"] == (decimal(value) or decimal("7000000.25"))


@pytest.mark.parametrize("method", LAYERED)
def test_a_company_in_rupiah_and_one_that_sells_screws(method):
    moves = [
        move("receipt", 3_500, 3_500 * 24_583_278_035),
        move("sale", -486),
        move("receipt", 2_000_000, 680, item="y"),
    ]
    moves += [move("sale", "-1999999", item="y")]
    rows = changes(moves, method)
    assert rows[0] + rows[1] == 3_014 * 24_583_278_035
    assert rows[2:] == d(680, "-679.9997")


def test_what_does_not_fit_is_refused():
    with pytest.raises(OverflowError, match="does not fit"):
        cost([move("receipt", 10**12 - 1, 1)] * 4, "fifo")
    with pytest.raises(OverflowError, match="does not fit"):
        cost([move("receipt", "0.000001", 10**13), move("adjustment_in", 10)], "fifo")


def test_a_late_cost_without_a_receipt_is_spread_over_what_is_on_hand():
    moves = [move("receipt", 10, 20), move("receipt", 10, 40), move("cost_adjustment", 0, 20)]
    assert [layer[:2] for layer in layers_after(moves)] == [(10, 30), (10, 50)]
    assert cost(moves[2:], "fifo")[0]["variance_amount"] == 20


@pytest.mark.parametrize("method", LAYERED)
def test_inbounds_without_a_cost(method):
    moves = [
        move("receipt", 10, 100),
        move("receipt", 10, 200),
        move("adjustment_in", 2),
        move("receipt", 1),
        move("receipt", 1, 0),
    ]
    rows = cost(moves, method)
    assert [row["value_change"] for row in rows[2:]] == [30, 20, 0]
    assert [row["is_cost_assumed"] for row in rows[2:]] == [True, True, False]


def test_opening_layers_are_queued_by_their_day_of_receipt():
    moves = [
        move("opening", 1, 20, on=5, received=3),
        move("opening", 1, 10, on=5, received=1),
        move("sale", -1, on=6),
    ]
    assert changes(moves, "fifo")[-1] == -10
    assert changes(moves, "lifo")[-1] == -20


# What is refused


def test_a_missing_column_is_named():
    with pytest.raises(KeyError, match="cost_amount"):
        cost_movements(ledger([]).drop_columns("cost_amount"), standards())


def test_an_unknown_movement_type_is_named():
    with pytest.raises(ValueError, match="movement_type gift"):
        cost_movements(ledger([move("gift", 1)]), standards())


def test_a_ledger_out_of_order_is_refused():
    with pytest.raises(ValueError, match="posted_on"):
        cost_movements(ledger([move("sale", -1, on=2), move("sale", -1, on=1)]), standards())


def test_an_empty_ledger_costs_nothing():
    assert len(cost_movements(ledger([]), standards())) == 0
    assert layers_after([]) == []


def test_numbers_may_have_gaps_and_rows_may_come_in_any_order():
    moves = [move("receipt", 3, 100), move("sale", -2), move("customer_return", 1, link=2)]
    table = ledger(moves)
    numbers = {
        name: pa.array([None if n is None else n * 7 for n in table[name].to_pylist()], pa.int64())
        for name in ("movement_number", "linked_movement_number")
    }
    for name, column in numbers.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    costed = cost_movements(table.take([2, 0, 1]), standards()).to_pylist()
    assert [row["movement_number"] for row in costed[:3]] == [7, 14, 21]
    assert [row["value_change"] for row in costed[:3]] == changes(moves, "fifo")


def test_a_link_that_can_not_be_is_no_link():
    moves = [
        move("receipt", 1, 10),
        move("receipt", 1, 20),
        move("sale", -1, item="y"),
        move("customer_return", 1, link=3),
        move("customer_return", 1, link=1),
        move("customer_return", 1, link=99),
    ]
    rows = cost(moves, "fifo")[3:]
    assert [(row["value_change"], row["is_cost_assumed"]) for row in rows] == [(10, True)] * 3


# Random ledgers against a plain reference


def share(value, part, whole):
    """Half away from zero."""
    size = (2 * abs(value) * part + whole) // (2 * whole)
    return size if value >= 0 else -size


@dataclass
class Layer:
    """A lot of units: what came, and how much of it went."""

    quantity: int
    value: int
    day: int
    origin: int
    gone: int = 0

    @property
    def rest(self):
        return self.quantity - self.gone

    @property
    def rest_value(self):
        return self.value - share(self.value, self.gone, self.quantity)

    def take(self, quantity):
        before = self.rest_value
        self.gone += quantity
        return before - self.rest_value

    def hold(self, value):
        self.quantity, self.value, self.gone = self.rest, value, 0


@dataclass
class Position:
    """The layers of one position in order of issue, or what it owes."""

    layers: list = field(default_factory=list)
    owed: int = 0
    owed_value: int = 0
    known: tuple | None = None

    @property
    def quantity(self):
        return sum(layer.rest for layer in self.layers) - self.owed

    @property
    def value(self):
        return sum(layer.rest_value for layer in self.layers) - self.owed_value


class Reference:
    """One method, one step at a time, in Python integers and lists."""

    def __init__(self, method, moves, standard):
        self.method, self.moves = method, moves
        self.places, self.transit, self.returned = {}, {}, {}
        self.item_known = None if standard is None else (standard, 10**12)
        self.change, self.variance, self.full_cost, self.left_day = {}, {}, {}, {}
        self.followed, self.siblings, self.shares = {}, {}, {}

    def last_known(self, place, quantity):
        known = place.known or self.item_known
        return share(known[0], quantity, known[1]) if known else 0

    def current(self, place, quantity):
        if place.quantity > 0 and place.value >= 0:
            return share(place.value, quantity, place.quantity)
        return self.last_known(place, quantity)

    def next_to_leave(self, place, quantity):
        if place.quantity <= 0 or not place.layers:
            return self.last_known(place, quantity)
        layer = place.layers[-1 if self.method == "lifo" else 0]
        return share(layer.rest_value, quantity, layer.rest)

    def arrive(self, place, layer, key):
        """Cover what is owed, then queue. Returns the variance."""
        variance = 0
        covered = min(layer.rest, place.owed)
        if covered:
            provisional = share(place.owed_value, covered, place.owed)
            place.owed -= covered
            place.owed_value -= provisional
            variance = layer.take(covered) - provisional
        if layer.rest:
            layer.key = key
            if self.method == "weighted_average" and place.layers:
                pool = place.layers[0]
                total = pool.rest_value + layer.rest_value
                pool.quantity, pool.value, pool.gone = pool.rest + layer.rest, total, 0
            else:
                place.layers.append(layer)
                place.layers.sort(key=lambda other: other.key)  # stable: ties by arrival
        return variance

    def remove(self, place, layer, quantity):
        value = layer.take(quantity)
        if layer.rest == 0:
            place.layers = [other for other in place.layers if other is not layer]
            if not place.layers:
                place.known = (layer.value, layer.quantity)
        return value

    def run(self):
        for number, row in enumerate(self.moves, 1):
            place = self.places.setdefault(row["at"], Position())
            self.variance[number] = 0
            before, quantity = place.value, place.quantity
            getattr(self, "do_" + row["do"])(number, row, place)
            self.change[number] = place.value - before
            if row["do"] == "out" and not row.get("at_own_cost") and quantity > 0:
                self.let_shares_go(number, row, Fraction(max(place.quantity, 0), quantity))
                row["is_traced"] = row["kind"] == "transfer_out"
        return self

    def let_shares_go(self, number, row, kept):
        """An issue takes the same part of every receipt's share of its pool."""
        for shares in self.shares.values():
            moved = shares.get(row["at"], 0) * (1 - kept)
            if moved:
                shares[row["at"]] -= moved
                if row["kind"] == "transfer_out":
                    shares[number] = moved

    def do_in(self, number, row, place):
        kind, quantity, value, link = row["kind"], row["quantity"], row["cost"], row["link"]
        received = key = row["received"]
        known = value is not None
        if self.method == "lifo" and kind != "opening":
            key = row["on"]
        if kind == "customer_return":
            key, back, value = row["on"], 0, 0
            if link:
                sold, earlier = -self.moves[link - 1]["quantity"], self.returned.get(link, 0)
                back = min(quantity, sold - earlier)
                self.returned[link] = earlier + back
                if back:
                    left = -self.change[link]
                    value = share(left, earlier + back, sold) - share(left, earlier, sold)
                    received = self.left_day[link]
            known = back == quantity
            if not known:
                value += self.next_to_leave(place, quantity - back)
        elif not known and kind in ("receipt", "opening"):
            value = self.last_known(place, quantity)
        elif not known:
            value = self.current(place, quantity)
        rebate, value = min(value, 0), max(value, 0)
        if known:
            place.known = self.item_known = (value, quantity)
        self.full_cost[number] = value + rebate
        layer = Layer(quantity, value, received, number)
        self.siblings[number] = [layer]
        if kind == "receipt":
            row["is_traced"] = True
            self.shares[number] = {row["at"]: 1 - Fraction(min(quantity, place.owed), quantity)}
        self.variance[number] = self.arrive(place, layer, key) + rebate

    def do_out(self, number, row, place):
        kind, wanted, link, taken = row["kind"], -row["quantity"], row["link"], []
        if kind in ("supplier_return", "return_scrap") and link:
            if self.method == "weighted_average":
                if wanted < place.quantity:
                    whole = self.moves[link - 1]["quantity"]
                    cost = max(share(self.full_cost[link], wanted, whole), 0)
                    pool = place.layers[0]
                    left = pool.rest_value - min(cost, pool.rest_value)
                    pool.quantity, pool.value, pool.gone = pool.rest - wanted, left, 0
                    row["at_own_cost"] = True
                    if kind == "supplier_return":
                        row["is_traced"] = True
                        own = self.shares[link]
                        own[row["at"]] = max(own.get(row["at"], 0) - Fraction(wanted, whole), 0)
                    return
            else:
                own = [layer for layer in place.layers if layer.origin == link and not hasattr(layer, "split")]
                for layer in own:
                    part = min(wanted, layer.rest)
                    self.remove(place, layer, part)
                    wanted -= part
        while wanted and place.layers:
            layer = place.layers[-1 if self.method == "lifo" else 0]
            part = min(wanted, layer.rest)
            if kind == "transfer_out" and part == layer.rest:
                gone = layer.gone
                self.remove(place, layer, part)
                layer.gone = gone
                taken.append(layer)
            else:
                split = Layer(part, self.remove(place, layer, part), layer.day, layer.origin)
                split.key, split.split = layer.key, True
                if kind == "transfer_out":
                    family = self.siblings.setdefault(layer.origin, [layer])
                    family.insert([other is layer for other in family].index(True) + 1, split)
                taken.append(split)
            wanted -= part
        if wanted:
            provisional = self.last_known(place, wanted)
            place.owed += wanted
            place.owed_value += provisional
            rest = Layer(wanted, provisional, row["on"], number)
            rest.key = row["on"]
            taken.append(rest)
        if kind == "transfer_out":
            self.transit[number] = taken
        days = sum(layer.rest * layer.day for layer in taken)
        self.left_day[number] = days // -row["quantity"]

    def do_arrival(self, number, row, place):
        layers, row["is_traced"] = self.transit.pop(row["link"]), True
        known = (sum(x.rest_value for x in layers), sum(x.rest for x in layers))
        covered = Fraction(min(layers[0].rest, place.owed), layers[0].rest)
        for shares in self.shares.values():
            arrived = shares.pop(row["link"], 0) * (1 - covered)
            shares[row["at"]] = shares.get(row["at"], 0) + arrived
        for layer in layers[:: -1 if self.method == "lifo" else 1]:
            key = row["on"] if self.method == "lifo" else layer.key
            self.variance[number] += self.arrive(place, layer, key)
        place.known = known

    def where(self, wanted):
        """The position of a layer, or the transfer that carries it."""
        for at, place in self.places.items():
            if any(layer is wanted for layer in place.layers):
                return at
        return next(n for n, layers in self.transit.items() if any(layer is wanted for layer in layers))

    def do_adjust(self, number, row, place):
        amount, link, given, seen = row["cost"], row["link"], 0, 0
        found = self.followed[number] = {}
        taken = 0
        if link and self.method == "weighted_average":
            self.full_cost[link] += amount
            for at in self.in_ledger_order(link, number):
                seen += self.shares[link][at]
                # A half is rounded away from zero, however little a float may lack of it.
                size = int(abs(amount) * seen + Fraction(1, 2) + Fraction(1, 10**9))
                upto = size if amount >= 0 else -size
                layer = (self.places[at].layers if isinstance(at, str) else self.transit[at])[0]
                found[at] = self.revalue(layer, upto - given)
                given = upto
            taken = sum(found.values())
        elif link:
            for layer in self.siblings[link]:
                if layer.rest:
                    seen += layer.rest
                    upto = share(amount, seen, self.moves[link - 1]["quantity"])
                    at = self.where(layer)
                    found[at] = found.get(at, 0) + self.revalue(layer, upto - given)
                    given = upto
            taken = sum(found.values())
        elif place.quantity > 0:
            total = place.quantity
            for layer in place.layers:
                seen += layer.rest
                upto = share(amount, seen, total)
                taken += self.revalue(layer, upto - given)
                given = upto
        self.variance[number] = amount - taken

    def revalue(self, layer, value):
        value = max(value, -layer.rest_value)
        layer.hold(layer.rest_value + value)
        return value

    def in_ledger_order(self, link, number):
        """Where a receipt's shares are, by the rows that may have brought them there."""
        order = {}
        for n, row in enumerate(self.moves[link - 1 : number], link):
            if row.get("is_traced"):
                order |= {row["at"]: None, n: None}
        return [at for at in order if self.shares[link].get(at, 0) > 0]


INBOUND = ("opening", "receipt", "adjustment_in", "customer_return")
OUTBOUND = ("sale", "adjustment_out", "supplier_return", "return_scrap")
LINKS = {
    "customer_return": "sale",
    "supplier_return": "receipt",
    "return_scrap": "customer_return",
    "cost_adjustment": "receipt",
}


COSTS = st.integers(-20_000, 1_000_000)
SMALL = st.one_of(st.integers(1, 5).map(lambda n: n * 10**6), st.integers(1, 9 * 10**6))


@st.composite
def ledgers(draw, quantities=SMALL, costs=COSTS):
    """A ledger of one item in two positions, of every movement kind, in ten-thousandths and millionths."""
    moves, on, sent = [], 100, []
    for number in range(1, draw(st.integers(1, 40)) + 1):
        on += draw(st.integers(0, 3))
        kinds = [*INBOUND, *OUTBOUND, "sale", "sale", "receipt", "transfer_out", "cost_adjustment"]
        kind = draw(st.sampled_from(kinds + ["transfer_in"] * 3 * bool(sent)))
        row = {"kind": kind, "on": on, "received": on, "link": None, "cost": None}
        row |= {"at": draw(st.sampled_from("AB")), "quantity": draw(quantities)}
        earlier = [n for n, other in enumerate(moves, 1) if other["kind"] == LINKS.get(kind)]
        if earlier and draw(st.integers(0, 3)):
            row["link"] = draw(st.sampled_from(earlier))
        if kind == "transfer_in":
            row["link"] = sent.pop(draw(st.integers(0, len(sent) - 1)))
            row["quantity"] = -moves[row["link"] - 1]["quantity"]
            row["do"] = "arrival"
        elif kind == "cost_adjustment":
            row |= {"quantity": 0, "cost": draw(st.integers(-200_000, 50_000)), "do": "adjust"}
        elif kind in INBOUND:
            row["do"] = "in"
            if kind != "customer_return" and draw(st.integers(0, 5)):
                row["cost"] = draw(costs)
            if kind == "opening":
                row["received"] = on - draw(st.integers(0, 50))
        else:
            row |= {"quantity": -row["quantity"], "do": "out"}
            if kind == "transfer_out":
                sent.append(number)
        moves.append(row)
    return moves


def as_table(moves):
    return ledger(
        [
            move(
                row["kind"],
                Decimal(row["quantity"]).scaleb(-6),
                None if row["cost"] is None else Decimal(row["cost"]).scaleb(-4),
                row["link"],
                at=row["at"],
                on=row["on"],
                received=row["received"],
            )
            for row in moves
        ]
    )


@settings(deadline=None, max_examples=100)
@given(ledgers(), st.one_of(st.none(), st.integers(0, 9 * 10**10)))
def test_random_ledgers_agree_with_the_reference_and_conserve_value(moves, standard):
    given_standards = standards(**({} if standard is None else {"x": Decimal(standard).scaleb(-10)}))
    table = as_table(moves)
    costed = cost_movements(table, given_standards).to_pylist()
    fifo = None
    for method in LAYERED:
        rows = [row for row in costed if row["costing_method"] == method]
        reference = Reference(method, [dict(row) for row in moves], standard).run()
        fifo = fifo or reference
        found = [(row["value_change"], row["variance_amount"]) for row in rows]
        expected = [
            (Decimal(reference.change[n]).scaleb(-4), Decimal(reference.variance[n]).scaleb(-4))
            for n in range(1, len(moves) + 1)
        ]
        assert found[: len(moves)] == expected, method
        elsewhere = {
            (n, moves[at - 1]["at"], at) if isinstance(at, int) else (n, at, None): value
            for n, found in reference.followed.items()
            for at, value in found.items()
            if value and at != moves[n - 1]["at"]
        }
        keys = ("movement_number", "location_id", "transfer_movement_number")
        rows, others = rows[: len(moves)], rows[len(moves) :]
        assert {tuple(row[key] for key in keys): row["value_change"] for row in others} == {
            key: Decimal(value).scaleb(-4) for key, value in elsewhere.items()
        }
        assert len(others) == len(elsewhere)
        for at in "AB":
            on_hand = sum(row["quantity"] for row in moves if row["at"] == at)
            value = sum(row["value_change"] for row, m in zip(rows, moves, strict=True) if m["at"] == at)
            value += sum(
                row["value_change"]
                for row in others
                if row["location_id"] == at and row["transfer_movement_number"] is None
            )
            place = reference.places.get(at, Position())
            assert on_hand == place.quantity
            assert value == Decimal(place.value).scaleb(-4)
            if on_hand == 0:
                assert value == 0
        for row, m in zip(rows, moves, strict=True):
            if m["kind"] == "transfer_in":
                left = -rows[m["link"] - 1]["value_change"]
                left += sum(o["value_change"] for o in others if o["transfer_movement_number"] == m["link"])
                assert row["value_change"] + row["variance_amount"] == left
            elif m["cost"] is not None:
                whole = Decimal(m["cost"]).scaleb(-4)
                whole -= sum(o["value_change"] for o in others if o["movement_number"] == row["movement_number"])
                assert row["value_change"] + row["variance_amount"] == whole
    if standard is not None:
        rows = [row for row in costed if row["costing_method"] == "standard"]
        for at in "AB":
            on_hand = sum(row["quantity"] for row in moves if row["at"] == at)
            value = sum(row["value_change"] for row, m in zip(rows, moves, strict=True) if m["at"] == at)
            size = share(standard, abs(on_hand), 10**12)
            assert value == Decimal(size if on_hand >= 0 else -size).scaleb(-4)
    dates = pa.table({"valuation_date": pa.array([day(moves[-1]["on"])])})
    open_now = open_layers(table, dates, given_standards).to_pylist()
    expected = [
        (
            at,
            n,
            Decimal(layer.rest).scaleb(-6),
            Decimal(layer.rest_value).scaleb(-4),
            day(layer.day),
        )
        for at, place in sorted(fifo.places.items())
        for n, layer in enumerate(place.layers, 1)
    ]
    columns = ("location_id", "layer_number", "quantity", "fifo_value", "received_on")
    assert sorted(tuple(row[c] for c in columns) for row in open_now) == sorted(expected)


LARGE = st.one_of(st.integers(1, 10**18 - 1), st.integers(0, 59).map(lambda bits: 1 << bits))


@settings(deadline=None, max_examples=100)
@given(ledgers(LARGE, st.one_of(LARGE, st.just(9 * 10**17))))
def test_ledgers_of_the_largest_and_smallest_numbers_are_exact_or_refused(moves):
    """Quantities from a millionth to 10^12, amounts from a ten-thousandth to 9 x 10^13."""
    references = {method: Reference(method, [dict(row) for row in moves], None).run() for method in LAYERED}
    try:
        rows = cost_movements(as_table(moves), standards()).to_pylist()
    except OverflowError:
        moved = [row["quantity"] for row in moves]
        amounts = [value for each in references.values() for value in (*each.change.values(), *each.full_cost.values())]
        assert sum(map(abs, moved)) > 10**18 or max(map(abs, amounts)) > 10**17
        return
    for row in rows:
        if row["costing_method"] in references and not row["is_elsewhere"]:
            expected = references[row["costing_method"]].change[row["movement_number"]]
            assert row["value_change"].scaleb(4) == expected, row["costing_method"]


@st.composite
def pools(draw):
    """Receipts, sales and transfers of two positions that are never short of stock."""
    moves, on_hand, sent = [], {"A": 0, "B": 0}, []
    for number in range(1, draw(st.integers(1, 30)) + 1):
        at, quantity = draw(st.sampled_from("AB")), draw(SMALL)
        kind = draw(st.sampled_from(["receipt", "sale", "sale", "transfer_out", "transfer_in"]))
        row = {"kind": kind, "on": number, "received": number, "link": None, "cost": None, "at": at}
        if kind == "transfer_in" and sent:
            row["link"] = sent.pop(draw(st.integers(0, len(sent) - 1)))
            quantity = -moves[row["link"] - 1]["quantity"]
        elif kind in ("sale", "transfer_out") and on_hand[at]:
            quantity = -draw(st.integers(1, on_hand[at]))
            sent += [number] * (kind == "transfer_out")
        else:
            row |= {"kind": "receipt", "cost": draw(st.integers(0, 10**6))}
        on_hand[at] += quantity
        moves.append(row | {"quantity": quantity})
    return moves


@settings(deadline=None, max_examples=200)
@given(pools(), st.integers(1, 10**6), st.data())
def test_under_the_average_a_late_cost_leaves_what_it_would_have_left_if_known_at_once(moves, late, data):
    receipts = [number for number, row in enumerate(moves, 1) if row["kind"] == "receipt"]
    receipt = data.draw(st.sampled_from(receipts))
    adjustment = {"kind": "cost_adjustment", "on": 99, "received": 99, "at": "A", "quantity": 0}
    corrected = [*moves, adjustment | {"link": receipt, "cost": late}]
    at_once = [dict(row) for row in moves]
    at_once[receipt - 1]["cost"] += late
    values = [Counter(), Counter()]
    for found, given_moves in zip(values, (corrected, at_once), strict=True):
        for row in cost_movements(as_table(given_moves), standards()).to_pylist():
            if row["costing_method"] == "weighted_average" and row["transfer_movement_number"] is None:
                found[row["location_id"]] += row["value_change"]
    for at in "AB":
        assert abs(values[0][at] - values[1][at]) <= len(moves) * Decimal("0.0001")


@settings(deadline=None, max_examples=50)
@given(ledgers())
def test_layers_at_a_past_date_ignore_what_came_later(moves):
    past = moves[len(moves) // 2]["on"]
    dates = pa.table({"valuation_date": pa.array([day(past), day(moves[-1]["on"])])})
    known = [row for row in moves if row["on"] <= past]
    at_once = open_layers(as_table(moves), dates, standards())
    then = open_layers(as_table(known), dates.slice(0, 1), standards())
    rows = [row for row in at_once.to_pylist() if row["valuation_date"] == day(past)]
    assert rows == then.to_pylist()
