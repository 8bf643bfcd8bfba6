"""Small odd companies, all legitimate: one day, fifteen years, no stock ever, cost nothing, very large, very small.

A company is a calendar, its places and a few odd goods. Calendars are told apart one by one, since what is odd about
them is odd about the whole company; goods are drawn, several to a company, since one build tries them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

END = date(2025, 12, 31)
UNIT_VALUE = pa.decimal128(38, 10)
MOST_UNIT_COST = Decimal(10) ** 13
# With it the first company of each calendar together are odd in every way, which a test holds.
FIRST_SEED = 40
TENTH_DIGIT = Decimal(1).scaleb(-10)


@dataclass(frozen=True)
class Calendar:
    """When things happen.

    Attributes:
        months: of history up to the end of 2025; 0 is a single day.
        step: days between two lines of a good at a place; None is a line a month, its total.
        flows: what may become of the goods.
        most_goods: so many at most; a long history has few.
    """

    months: int
    step: int | None
    flows: tuple[str, ...]
    most_goods: int = 5

    @property
    def days(self) -> list[date]:
        """The days with lines, the first one first."""
        if self.months == 0:
            return [END]
        number = END.year * 12 + END.month - self.months
        day, days = END, []
        while day.year * 12 + day.month > number:
            days.append(day)
            day = day - timedelta(days=self.step) if self.step else day.replace(day=1) - timedelta(days=1)
        return days[::-1]

    @property
    def most_amount(self) -> Decimal:
        """Ten million million for a line, or for all lines of a good together where there are many."""
        return Decimal(10) ** (13 - (len(str(len(self.days))) - 1))


@dataclass(frozen=True)
class Good:
    """What is odd about a good.

    Attributes:
        flow: `kept` (nine lines come every ninth time), `through` (what comes goes on the same day), `negative` (came
            once, and was only sold then), `lying` (came once, never sold), `returned` (came once, only returns since).
        quantity: units of a line.
        amount: cost of a line of so many units.
        margin: price over cost.
    """

    flow: str
    quantity: Decimal
    amount: Decimal
    margin: Decimal


@dataclass(frozen=True)
class OddCompany:
    """A calendar, the number of places, and the goods."""

    calendar: Calendar
    places: int
    goods: tuple[Good, ...]


ALL_FLOWS = ("kept", "through", "negative", "lying", "returned")
CALENDARS = {
    "one day": Calendar(0, 1, ALL_FLOWS),
    "a month of days": Calendar(1, 1, ALL_FLOWS),
    "eight months of weeks": Calendar(8, 7, ALL_FLOWS),
    "two years of totals": Calendar(24, None, ALL_FLOWS),
    "a year and a half of days": Calendar(19, 3, ALL_FLOWS, most_goods=3),
    "fifteen years, a line a day, never in stock": Calendar(180, 1, ("through",), most_goods=1),
}

quantities = st.sampled_from([Decimal("0.000001"), Decimal("0.083333"), Decimal(1), Decimal(12), Decimal(10) ** 9])
AMOUNTS = (Decimal(0), Decimal("0.0001"), Decimal("9.99"), Decimal(2500))
margins = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(2)])


def companies(calendar: Calendar) -> st.SearchStrategy[OddCompany]:
    """Any company of a calendar; its first good has the first of the flows."""

    def goods(*flows: str) -> st.SearchStrategy[Good]:
        amounts = st.sampled_from([*AMOUNTS, calendar.most_amount])
        drawn = st.builds(Good, st.sampled_from(flows), quantities, amounts, margins)
        return drawn.filter(lambda good: good.amount / good.quantity < MOST_UNIT_COST)

    others = st.lists(goods(*calendar.flows), max_size=calendar.most_goods - 1)
    several = st.tuples(goods(calendar.flows[0]), others).map(lambda drawn: (drawn[0], *drawn[1]))
    return st.builds(OddCompany, st.just(calendar), st.integers(1, 2), several)


def drawn_companies(each: int) -> dict[str, OddCompany]:
    """So many companies of each calendar by name, the same at every run; fewer are the first of more."""
    return {
        f"{name}, {number}": _drawn(companies(calendar), FIRST_SEED + place + len(CALENDARS) * (number - 1))
        for place, (name, calendar) in enumerate(CALENDARS.items())
        for number in range(1, each + 1)
    }


def _drawn(strategy: st.SearchStrategy[OddCompany], number: int) -> OddCompany:
    """The company with the most goods among the first that a strategy draws with a seed."""
    found: list[OddCompany] = []

    @seed(number)
    @settings(max_examples=4, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(company: OddCompany) -> None:
        found.append(company)

    collect()
    return max(found, key=lambda company: len(company.goods))


def write_odd_company(company: OddCompany, folder: Path) -> Path:
    """Write its input tables; receipts and sales without a row where there are none.

    Args:
        company: what is odd about it.
        folder: where they go.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True)
    items = [f"GOOD-{number}" for number in range(1, len(company.goods) + 1)]
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS}
    rows["items"] = [{"item_id": item, "description": f"Good number {item[5:]}", "category": "Goods"} for item in items]
    rows["locations"] = [{"location_id": place} for place in PLACES[: company.places]]
    for item, good in zip(items, company.goods, strict=True):
        for place in PLACES[: company.places]:
            for number, day in enumerate(company.calendar.days):
                for name, line in _lines(good, number, company.places):
                    document = {COLUMNS[name][0]: f"{name}-{item}-{place}-{number}", "line_no": 1}
                    rows[name].append({"item_id": item, "location_id": place, **document, **line, DAYS[name]: day})
    for name, columns in COLUMNS.items():
        if rows[name] or name in ("receipts", "sales"):
            arrays = [_typed(column, [row.get(column) for row in rows[name]]) for column in columns]
            pq.write_table(pa.table(arrays, list(columns)), folder / f"{name}.parquet")
    return folder


PLACES = ("PLACE-1", "PLACE-2")
DAYS = {
    "receipts": "received_at",
    "sales": "sold_at",
    "customer_returns": "returned_at",
    "stock_adjustments": "adjusted_at",
    "transfers": "shipped_at",
}
COLUMNS = {
    "items": ("item_id", "description", "category"),
    "locations": ("location_id",),
    "receipts": ("receipt_id", "line_no", "item_id", "location_id", "received_at", "quantity", "unit_cost"),
    "sales": ("order_id", "line_no", "item_id", "location_id", "sold_at", "quantity", "unit_price"),
    "customer_returns": ("return_id", "line_no", "item_id", "location_id", "returned_at", "quantity"),
    "stock_adjustments": ("adjustment_id", "item_id", "location_id", "adjusted_at", "quantity", "reason"),
    "transfers": ("transfer_id", "item_id", "from_location_id", "to_location_id", "shipped_at", "quantity"),
}


def _lines(good: Good, number: int, places: int) -> Iterator[tuple[str, dict[str, object]]]:
    """What happens to a good at a place on one of its days: tables, and of their rows what the day does not tell."""
    unit_cost = good.amount / good.quantity
    units = {"quantity": good.quantity}
    if good.flow == "kept" and number % 9 == 0:
        yield "receipts", {"quantity": 9 * good.quantity, "unit_cost": unit_cost}
    if good.flow == "through" or (good.flow != "kept" and number == 0):
        yield "receipts", {**units, "unit_cost": unit_cost}
    if good.flow in ("kept", "through", "negative"):
        yield "sales", {**units, "unit_price": good.margin * unit_cost}
    if good.flow == "returned" or (good.flow == "kept" and number % 5 == 4):
        yield "customer_returns", units
    if good.flow == "kept" and number % 9 == 6:
        yield "stock_adjustments", {"quantity": -good.quantity, "reason": "damage"}
    if good.flow == "kept" and number % 9 == 2 and places > 1:
        yield "transfers", {**units, "from_location_id": PLACES[0], "to_location_id": PLACES[1]}


def _typed(name: str, values: list[object]) -> pa.Array:
    if name in ("quantity", "unit_cost", "unit_price"):
        return pa.array([None if value is None else value.quantize(TENTH_DIGIT) for value in values], UNIT_VALUE)
    if name.endswith("_at"):
        return pa.array(values, pa.date32()).cast(pa.timestamp("us"))
    return pa.array(values, pa.int64() if name == "line_no" else pa.string())
