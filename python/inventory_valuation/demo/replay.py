"""The demo's demand once more, under other prices: what a markdown plan would have brought.

The generator's truth answers: the same wishes, the same luck, each item's own elasticity, the same market. Only the
prices differ, so that the difference between two replays is the work of the prices. What the company bought, moved,
counted and threw away stays as it happened, as far as the stock of the replay allows.

    records, world = simulated(Knobs(items=1_000))
    own = replay(records, world, None, date(2025, 6, 30))
    cleared = replay(records, world, plan, date(2025, 6, 30))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from inventory_valuation.demo.customers import (
    Market,
    buyers_and_discounts,
    going_price,
    granted,
    lines_asked,
    returns_of,
    weekly_wish,
)
from inventory_valuation.demo.demand import World
from inventory_valuation.demo.documents import Records, money, whole
from inventory_valuation.demo.trading import CANCELLED, OBSOLETE, SUPPLIER_RETURN, WRITE_OFF, Rows, available

PLAN = ("item_id", "location_id", "from_date", "price", "discount")
UNITS = ("received", "asked", "sold", "returned", "issued")
MONEY_COLUMNS = ("proceeds", "refunds")


@dataclass
class Stand:
    """Where the replay stands: arrays by position, unless said otherwise."""

    stock: np.ndarray
    hidden: np.ndarray
    own: np.ndarray  # regular price, tag and promotion of each item
    price: np.ndarray  # of the plan, nan where it has none
    discount: np.ndarray
    shipped: np.ndarray  # by transfer: what could be sent
    returns: Rows  # what customers bring back
    tally: dict[str, np.ndarray]  # of the month

    def add(self, name: str, position: np.ndarray, amount: np.ndarray) -> None:
        """Add to the month's units or money."""
        self.tally[name] += np.bincount(position, amount, len(self.stock)).astype(self.tally[name].dtype)


def replay(
    records: Records,
    world: World,
    prices: pa.Table | None,
    start: date,
    end: date | None = None,
    scraps: bool = True,
) -> pa.Table:
    """Sell the stock of an evening, and what came later, at other prices.

    Args:
        records: the company, from `company.simulated`.
        world: the market that it meets, from the same call.
        prices: item_id, location_id (null: every location), from_date, price (USD asked for a unit, before the
            discounts of customers' contracts), discount (share off the item's regular price of the day, in place
            of a price). A row holds until the position's next one; it takes the place of the company's markdowns
            and promotions. Where both are null, and before the first row, the company's own prices hold.
            None: its own prices throughout, which gives the trading as it was written.
        start: stock is that of the evening of this day; the next one is the first that is replayed.
        end: last day that is replayed; by default the last day of data.
        scraps: whether the company throws away as unsaleable what it did. Without, a plan is judged by what it sells
            and leaves, and not by what the company gave up under its own prices.

    Returns:
        One row per position and month in which it had stock or something happened: item_id, location_id, period_end,
        start_quantity, received_quantity (from suppliers and other locations, and found), asked_quantity (wanted at
        the price, in stock or not), sold_quantity, proceeds (USD after discounts, before refunds),
        returned_quantity (back in stock), refunds (for whatever came back), issued_quantity (to other locations and
        suppliers, scrapped, lost), left_quantity = start + received - sold + returned - issued.

    Raises:
        ValueError: a column of the plan is missing, an item or location is unknown, or a day is not in the data.
    """
    calendar = records.calendar
    first, last = (_day(records, one) for one in (start, end or calendar.start + calendar.end))
    if not calendar.opening - 1 <= first < last <= calendar.end:
        raise ValueError(f"replay: {start} to {end} is not within the data's days")
    market = Market(records.knobs, records.catalogue, world, records.supply)
    plan = _plan(records, prices)
    stand = _stand_at(records, first)
    _set_prices(stand, plan, plan["day"] <= first)
    wish, months, opened = weekly_wish(market, (first + 1) // 7), [], stand.stock.copy()
    for day in range(first + 1, last + 1):
        if day % 7 == 0:
            wish = weekly_wish(market, day // 7)
        _set_prices(stand, plan, plan["day"] == day)
        _set_own(records, stand.own, records.trade.asked["day"] == day)
        _goods_come(records, stand, day)
        _goods_go_to_stores(records, stand, day)
        _sell(market, stand, wish, day)
        _goods_are_lost(records, stand, day, scraps)
        if day == last or day in calendar.month_ends:
            months.append(_month(records, stand, opened, day))
            opened = stand.stock.copy()
    return pa.concat_tables(months)


def _day(records: Records, one: date | np.datetime64) -> int:
    return int((np.datetime64(one, "D") - records.calendar.start).astype(int))


def _plan(records: Records, prices: pa.Table | None) -> dict[str, np.ndarray]:
    """The plan by day: position, price and discount (nan where null), a row for every location that is meant."""
    if prices is None:
        prices = pa.table({name: pa.nulls(0) for name in PLAN})
    missing = [name for name in PLAN if name not in prices.column_names]
    if missing:
        raise ValueError(f"replay: the plan lacks {', '.join(missing)}")
    catalogue = records.catalogue
    everywhere = range(len(catalogue.locations))
    items = {one: number for number, one in enumerate(catalogue.items.ids.to_pylist())}
    locations = {None: everywhere} | {one[0]: (number,) for number, one in enumerate(catalogue.locations)}
    places = zip(catalogue.positions.item.tolist(), catalogue.positions.location.tolist(), strict=True)
    positions = {place: number for number, place in enumerate(places)}
    rows = prices.select(PLAN).sort_by("from_date").to_pylist()
    named = {row["item_id"] for row in rows} - items.keys() | {row["location_id"] for row in rows} - locations.keys()
    if named:
        raise ValueError(f"replay: the plan names what the company does not have: {', '.join(sorted(map(str, named)))}")
    resolved = [
        (_day(records, row["from_date"]), positions[items[row["item_id"]], location], row["price"], row["discount"])
        for row in rows
        for location in locations[row["location_id"]]
        if (items[row["item_id"]], location) in positions
    ]
    columns = zip(*resolved, strict=True) if resolved else ((),) * 4
    kinds = {"day": int, "position": int, "price": float, "discount": float}
    return {name: np.array(column, kind) for (name, kind), column in zip(kinds.items(), columns, strict=True)}


def _set_prices(stand: Stand, plan: dict[str, np.ndarray], now: np.ndarray) -> None:
    stand.price[plan["position"][now]] = plan["price"][now]
    stand.discount[plan["position"][now]] = plan["discount"][now]


def _stand_at(records: Records, day: int) -> Stand:
    """Stock, prices and open returns of an evening, from everything that happened up to it."""
    trade, n = records.trade, len(records.catalogue.positions)
    sales, moves, back = trade.sales, trade.transfers, trade.returns
    goods, lost = trade.deliveries, trade.adjustments
    came = _delivered(records) & (goods["due"] <= day)
    restocked = (back["due"] <= day) & ~back["is_scrap"]
    stock = np.zeros(n, np.int64)
    for rows, position, here, sign in (
        (goods, "position", came, 1), (moves, "destination", moves["due"] <= day, 1), (back, "position", restocked, 1),
        (lost, "position", lost["day"] <= day, 1), (moves, "position", moves["shipped"] <= day, -1),
        (sales, "position", sales["day"] <= day, -1),
    ):  # fmt: skip
        np.add.at(stock, rows[position][here], sign * rows["quantity"][here])
    hidden, own = np.zeros(n, np.int64), np.zeros((3, len(records.catalogue.items)))
    _set_hidden(records, hidden, trade.unseen["day"] <= day)
    _set_own(records, own, trade.asked["day"] <= day)
    coming = np.flatnonzero((back["due"] > day) & (sales["day"][back["sale"]] <= day))
    sale = back["sale"][coming]
    returns = Rows(position=np.int32, due=np.int32, quantity=np.int64, refund=float, is_scrap=bool)
    returns.add(
        len(coming), position=back["position"][coming], due=back["due"][coming], quantity=back["quantity"][coming],
        refund=back["quantity"][coming] * sales["price"][sale] * (1 - sales["discount"][sale]),
        is_scrap=back["is_scrap"][coming],
    )  # fmt: skip
    price, discount = np.full((2, n), np.nan)
    return Stand(stock, hidden, own, price, discount, moves["quantity"].copy(), returns, _tally(n))


def _tally(n: int) -> dict[str, np.ndarray]:
    return {name: np.zeros(n, np.int64) for name in UNITS} | {name: np.zeros(n) for name in MONEY_COLUMNS}


def _delivered(records: Records) -> np.ndarray:
    """Deliveries that came or will come: their order was not cancelled."""
    goods, orders = records.trade.deliveries, records.trade.orders
    return (goods["due"] >= 0) & (orders["status"][goods["order"]] != CANCELLED)


def _set_hidden(records: Records, hidden: np.ndarray, now: np.ndarray) -> None:
    unseen = records.trade.unseen
    hidden[unseen["position"][now]] = unseen["quantity"][now]


def _set_own(records: Records, own: np.ndarray, now: np.ndarray) -> None:
    asked = records.trade.asked
    own[:, asked["item"][now]] = asked["regular"][now], asked["tag"][now], asked["promoted"][now]


def _goods_come(records: Records, stand: Stand, day: int) -> None:
    """Deliveries, less what goes straight back; transfers; what customers bring back."""
    trade = records.trade
    goods, moves, back = trade.deliveries, trade.transfers, stand.returns
    here = np.flatnonzero(goods["due"] == day)
    here = here[_delivered(records)[here]]
    _come(stand, "received", goods["position"][here], goods["quantity"][here])
    here = np.flatnonzero(moves["due"] == day)
    _come(stand, "received", moves["destination"][here], stand.shipped[here])
    _adjust(records, stand, (trade.adjustments["day"] == day) & (trade.adjustments["reason"] == SUPPLIER_RETURN))
    here = back.due(day)
    stand.add("refunds", back["position"][here], back["refund"][here])
    here = here[~back["is_scrap"][here]]
    _come(stand, "returned", back["position"][here], back["quantity"][here])


def _come(stand: Stand, name: str, position: np.ndarray, quantity: np.ndarray) -> None:
    np.add.at(stand.stock, position, quantity)
    stand.add(name, position, quantity)


def _adjust(records: Records, stand: Stand, here: np.ndarray) -> None:
    """Adjustments as they were booked; what leaves is never more than is there."""
    position = records.trade.adjustments["position"][here]
    change = np.maximum(records.trade.adjustments["quantity"][here], -stand.stock[position])
    np.add.at(stand.stock, position, change)
    stand.add("received", position, np.maximum(change, 0))
    stand.add("issued", position, np.maximum(-change, 0))


def _goods_go_to_stores(records: Records, stand: Stand, day: int) -> None:
    moves = records.trade.transfers
    here = np.flatnonzero(moves["shipped"] == day)
    source = moves["position"][here]
    there = available(stand.stock, stand.hidden)[source]
    stand.shipped[here] = granted(moves["quantity"][here].astype(np.int64), source, there)
    np.subtract.at(stand.stock, source, stand.shipped[here])
    stand.add("issued", source, stand.shipped[here])


def _sell(market: Market, stand: Stand, wish: np.ndarray, day: int) -> None:
    item = market.catalogue.positions.item
    regular, tag, promoted = stand.own[:, item]
    planned = np.where(np.isnan(stand.price), regular * (1 - stand.discount), stand.price)
    is_planned = ~np.isnan(planned)
    tag, promoted = np.where(is_planned, planned, tag), np.where(is_planned, 0.0, promoted)
    relative = tag * (1 - promoted) / going_price(market, day // 7)[item]
    lines, asked = lines_asked(market, wish, relative, day)
    stand.add("asked", lines.position, asked)
    shipped = granted(asked, lines.position, available(stand.stock, stand.hidden)[lines.position])
    kept = shipped > 0
    lines, shipped = lines.some(kept), shipped[kept]
    position = lines.position
    _, discount = buyers_and_discounts(market, lines)
    unit_price = tag[position] * (1 - discount) * (1 - promoted[position])
    np.subtract.at(stand.stock, position, shipped)
    stand.add("sold", position, shipped)
    stand.add("proceeds", position, shipped * unit_price)
    back, units, due, is_scrap = returns_of(market, lines, shipped)
    stand.returns.add(
        len(back), position=position[back], due=due, quantity=units, refund=units * unit_price[back], is_scrap=is_scrap
    )


def _goods_are_lost(records: Records, stand: Stand, day: int, scraps: bool) -> None:
    """Damage, theft, scrapping and counts of the evening."""
    adjustments = records.trade.adjustments
    _set_hidden(records, stand.hidden, records.trade.unseen["day"] == day)
    elsewhere = (SUPPLIER_RETURN,) if scraps else (SUPPLIER_RETURN, OBSOLETE, WRITE_OFF)
    _adjust(records, stand, (adjustments["day"] == day) & ~np.isin(adjustments["reason"], elsewhere))


def _month(records: Records, stand: Stand, opened: np.ndarray, day: int) -> pa.Table:
    """What the month came to; a new tally begins."""
    tally, stand.tally = stand.tally, _tally(len(stand.stock))
    here = np.flatnonzero((opened > 0) | np.logical_or.reduce([amount != 0 for amount in tally.values()]))
    return pa.table(
        {
            **records.places(here),
            "period_end": records.calendar.dates(np.full(len(here), day)),
            "start_quantity": whole(opened[here]),
            **{f"{name}_quantity": whole(tally[name][here]) for name in UNITS},
            **{name: money(tally[name][here]) for name in MONEY_COLUMNS},
            "left_quantity": whole(stand.stock[here]),
        }
    )
