"""What the company's systems hand over of its trading: the documents of stock and money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inventory_valuation.demo.calendar import Calendar
from inventory_valuation.demo.catalogue import (
    BRANDS,
    ORIGINS,
    SEGMENTS,
    Catalogue,
    chosen,
    numbered,
)
from inventory_valuation.demo.knobs import Knobs, stream
from inventory_valuation.demo.supply import CURRENCIES, Supply
from inventory_valuation.demo.trading import (
    CANCELLED,
    FOUND,
    NEVER_DAY,
    PROMOTIONS,
    REASONS,
    REGULAR,
    Trade,
)
from inventory_valuation.exact import MONEY, QUANTITY, QUANTITY_UNIT, to_decimals

HOUR = 3600
LOADING = 23 * HOUR + 1800  # the nightly load begins at half past eleven
STATUSES = ("open", "closed", "cancelled")
PRICE_TYPES = ("regular", "markdown", "clearance")
RETURN_REASONS = (
    "defective",
    "not as described",
    "changed mind",
    "wrong item",
    "arrived late",
    "damaged in transit",
)


@dataclass(frozen=True)
class Records:
    """What documents are made from."""

    knobs: Knobs
    calendar: Calendar
    catalogue: Catalogue
    supply: Supply
    trade: Trade

    def rate(self, currency: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Units of the reporting currency for one of this, a place in `CURRENCIES`; -1 is the reporting one."""
        return np.where(currency >= 0, self.supply.rates[currency, np.maximum(day, 0)], 1.0)

    def item_ids(self, item: np.ndarray) -> pa.Array:
        """Item ids of item numbers."""
        return self.catalogue.items.ids.take(pa.array(item))

    def location_ids(self, location: np.ndarray) -> pa.Array:
        """Location ids of location numbers."""
        return chosen(tuple(one[0] for one in self.catalogue.locations), location)

    def places(self, position: np.ndarray) -> dict[str, pa.Array]:
        """Item and location ids of positions."""
        positions = self.catalogue.positions
        return {
            "item_id": self.item_ids(positions.item[position]),
            "location_id": self.location_ids(positions.location[position]),
        }

    def location_currency(self, position: np.ndarray) -> np.ndarray:
        """Currency of the positions' locations."""
        codes = np.array([_currency(one[5]) for one in self.catalogue.locations])
        return codes[self.catalogue.positions.location[position]]

    def supplier_currency(self, supplier: np.ndarray) -> np.ndarray:
        """Currency of the suppliers' invoices."""
        codes = np.array([_currency(one[1]) for one in ORIGINS])
        return codes[self.catalogue.suppliers.origin[supplier]]

    def loaded(self, random: np.random.Generator, day: np.ndarray) -> pa.Array:
        """When rows of these days were loaded: the same night, but for a few that came days or weeks late."""
        luck = random.random(len(day))
        late = np.select(
            [luck < self.knobs.very_late_share, luck < self.knobs.very_late_share + self.knobs.late_share],
            [random.integers(15, 50, len(day)), random.integers(1, 10, len(day))],
            0,
        )
        # Whatever had not come by the day of the extract is not in it, and we want it whole.
        late = np.where(day + late <= self.calendar.end, late, 0)
        return self.calendar.moments(day + late, LOADING + random.integers(0, 1700, len(day)))


def _currency(code: str) -> int:
    return CURRENCIES.index(code) if code in CURRENCIES else -1


def currency_codes(currency: np.ndarray) -> pa.Array:
    """ISO codes of places in `CURRENCIES`; the reporting currency is USD."""
    return chosen(("USD", *CURRENCIES), currency + 1)


def money(amount: np.ndarray, places: int = 2) -> pa.Array:
    """A decimal column of amounts rounded to these places."""
    return to_decimals(np.rint(np.rint(amount * 10**places) * 10 ** (MONEY.scale - places)).astype(np.int64), MONEY)


def whole(quantity: np.ndarray) -> pa.Array:
    """A decimal column of whole quantities."""
    return to_decimals(quantity.astype(np.int64) * QUANTITY_UNIT, QUANTITY)


def blanked(column: pa.Array, blank: np.ndarray) -> pa.Array:
    """The column with nulls where blank."""
    return pc.if_else(pa.array(blank), pa.scalar(None, column.type), column)


def grouped(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's group, in the order of the keys, and its line within it, from 1.

    Args:
        keys: non-negative integers, most significant first.
    """
    key = np.zeros(len(keys[0]), np.int64)
    for values in keys:
        key = key * (int(values.max(initial=0)) + 1) + values
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    is_first = np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)]
    group_of = np.cumsum(is_first) - 1
    group, line = np.empty_like(order), np.empty_like(order)
    group[order] = group_of
    line[order] = np.arange(len(order)) - np.flatnonzero(is_first)[group_of] + 1
    return group, line


def documents_of(records: Records) -> dict[str, pa.Table]:
    """Every table of trading, clean, in the contract's columns; rows of the data's days only."""
    sales, order_ids = _sales(records)
    receipts, adjustments = _receipts(records)
    return {
        "items": _items(records),
        "locations": _locations(records),
        "suppliers": _suppliers(records),
        "customers": _customers(records),
        "opening_stock": _opening_stock(records),
        "purchase_orders": _purchase_orders(records),
        "receipts": receipts,
        "receipt_cost_adjustments": adjustments,
        "sales": sales,
        "customer_returns": _customer_returns(records, order_ids),
        "stock_adjustments": _stock_adjustments(records),
        "transfers": _transfers(records),
        "stock_counts": _stock_counts(records),
        "prices": _prices(records),
        "promotions": _promotions(records),
        "stockouts": _stockouts(records),
        "fx_rates": _fx_rates(records),
    }


def _items(records: Records) -> pa.Table:
    knobs, calendar, items = records.knobs, records.calendar, records.catalogue.items
    random = stream(knobs, "items table")
    n = len(items)
    nouns = tuple(noun for one in knobs.categories for noun in one.subcategories)
    first = np.cumsum([0] + [len(one.subcategories) for one in knobs.categories])
    discontinued = records.trade.discontinued
    # The master learns of a successor when it is on sale; one in ten is never entered.
    followed = (items.successor >= 0) & (items.ends_week * 7 <= calendar.end) & (random.random(n) < 0.9)
    return pa.table(
        {
            "item_id": items.ids,
            "description": items.descriptions,
            "category": chosen(tuple(one.name for one in knobs.categories), items.category),
            "subcategory": chosen(nouns, first[items.category] + items.subcategory),
            "brand": chosen(BRANDS, items.brand),
            "supplier_id": records.catalogue.suppliers.ids.take(pa.array(items.supplier)),
            "unit_of_measure": pa.repeat("each", n),
            "launched_on": calendar.optional_dates(
                np.ceil(items.launch_week * 7).astype(int), random.random(n) >= 0.02
            ),
            "discontinued_on": calendar.optional_dates(discontinued, discontinued <= calendar.end),
            "successor_item_id": blanked(items.ids.take(pa.array(np.maximum(items.successor, 0))), ~followed),
            "shelf_life_days": pa.array(items.shelf_life_days, pa.int32(), mask=items.shelf_life_days == 0),
            "standard_cost": blanked(money(items.unit_cost * random.uniform(0.96, 1.05, n)), random.random(n) < 0.02),
            "list_price": money(items.unit_cost / (1 - items.margin)),
            "currency": pa.repeat("USD", n),
        }
    )


def _locations(records: Records) -> pa.Table:
    locations = records.catalogue.locations
    n = len(locations)
    columns = [list(column) for column in zip(*locations, strict=True)]
    return pa.table(
        {
            "location_id": columns[0],
            "name": columns[1],
            "location_type": columns[2],
            "region": columns[3],
            "country": columns[4],
            "opened_on": pa.array(np.datetime64("2014-03-01") + np.arange(n) * 210, pa.date32()),
            "closed_on": pa.nulls(n, pa.date32()),
        }
    )


def _suppliers(records: Records) -> pa.Table:
    suppliers = records.catalogue.suppliers
    return pa.table(
        {
            "supplier_id": suppliers.ids,
            "name": suppliers.names,
            "country": chosen(tuple(one[0] for one in ORIGINS), suppliers.origin),
            "promised_lead_time_days": pa.array(suppliers.lead_days, pa.int32()),
        }
    )


def _customers(records: Records) -> pa.Table:
    customers = records.catalogue.customers
    regions = tuple(np.unique([one[3] for one in records.catalogue.locations]).tolist())
    return pa.table(
        {
            "customer_id": customers.ids,
            "segment": chosen(SEGMENTS, customers.segment),
            "region": chosen(regions, customers.region),
        }
    )


def arrivals(records: Records) -> tuple[np.ndarray, ...]:
    """Position, day, quantity and unit cost of whatever came into stock from outside or another location."""
    deliveries, transfers, end = records.trade.deliveries, records.trade.transfers, records.calendar.end
    came = np.flatnonzero((deliveries["due"] >= 0) & (deliveries["due"] <= end))
    came = came[records.trade.orders["status"][deliveries["order"][came]] != CANCELLED]
    moved = np.flatnonzero(transfers["due"] <= end)
    return tuple(
        np.concatenate([deliveries[one][came], transfers[other][moved]])
        for one, other in (
            ("position", "destination"), ("due", "due"), ("quantity", "quantity"), ("unit_cost", "unit_cost"),
        )
    )  # fmt: skip


def _opening_stock(records: Records) -> pa.Table:
    """The stock of the first day in layers: the last arrivals that it can be made of."""
    calendar, trade = records.calendar, records.trade
    position, day, quantity, unit_cost = arrivals(records)
    before = day < calendar.opening
    position, day, quantity, unit_cost = (a[before] for a in (position, day, quantity, unit_cost))
    order = np.lexsort((-day, position))
    position, day, quantity, unit_cost = (a[order] for a in (position, day, quantity, unit_cost))
    starts = np.flatnonzero(np.append(True, position[1:] != position[:-1])[: len(position)])
    newer = np.cumsum(quantity) - quantity
    newer -= np.repeat(newer[starts], np.diff(np.append(starts, len(position))))
    held = np.clip(trade.opening_stock[position] - newer, 0, quantity)
    kept = held > 0
    position, day, held, unit_cost = position[kept], day[kept], held[kept], unit_cost[kept]
    # What no arrival explains was found some day; nobody knows when it came.
    missing = trade.opening_stock - np.bincount(position, held, len(trade.opening_stock)).astype(np.int64)
    found = np.flatnonzero(missing > 0)
    position = np.concatenate([position, found])
    day = np.concatenate([day, np.full(len(found), -1)])
    held = np.concatenate([held, missing[found]])
    unit_cost = np.concatenate([unit_cost, trade.opening_cost[found]])
    order = np.lexsort((day, position))
    position, day, held, unit_cost = (a[order] for a in (position, day, held, unit_cost))
    # Two arrivals of one day are one layer.
    group, _ = grouped(position, day + 1)
    _, first = np.unique(group, return_index=True)
    total = np.bincount(group, held)
    value = np.bincount(group, held * unit_cost)
    return pa.table(
        {
            **records.places(position[first]),
            "as_of": calendar.dates(np.full(len(first), calendar.opening)),
            "received_on": calendar.optional_dates(day[first], day[first] >= 0),
            "quantity": whole(total),
            "unit_cost": money(value / total, 4),
            "currency": pa.repeat("USD", len(first)),
        }
    )


def _po_ids(records: Records, order: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Ids and line numbers of order lines; an order is what one location asks of one supplier on one day."""
    orders, catalogue = records.trade.orders, records.catalogue
    position = orders["position"]
    supplier = catalogue.items.supplier[catalogue.positions.item[position]]
    group, line = grouped(orders["ordered"].astype(np.int64), supplier, catalogue.positions.location[position])
    return numbered("PO", group[order] + 100_001, 7), line[order]


def _purchase_orders(records: Records) -> pa.Table:
    orders, calendar = records.trade.orders, records.calendar
    catalogue = records.catalogue
    here = np.flatnonzero((orders["ordered"] >= calendar.opening) & (orders["ordered"] <= calendar.end))
    po_id, line = _po_ids(records, here)
    position, ordered = orders["position"][here], orders["ordered"][here]
    supplier = catalogue.items.supplier[catalogue.positions.item[position]]
    currency = records.supplier_currency(supplier)
    return pa.table(
        {
            "po_id": po_id,
            "line_no": pa.array(line, pa.int32()),
            **records.places(position),
            "supplier_id": catalogue.suppliers.ids.take(pa.array(supplier)),
            "ordered_on": calendar.dates(ordered),
            "promised_on": calendar.dates(orders["promised"][here]),
            "quantity": whole(orders["quantity"][here]),
            "unit_cost": money(orders["unit_cost"][here] / records.rate(currency, ordered), 4),
            "currency": currency_codes(currency),
            "status": chosen(STATUSES, orders["status"][here]),
            "is_cancellable": pa.array(orders["is_cancellable"][here]),
        }
    ).sort_by([("po_id", "ascending"), ("line_no", "ascending")])


@dataclass(frozen=True)
class ReceiptLines:
    """Deliveries of the data's days, by day."""

    order: np.ndarray
    position: np.ndarray
    day: np.ndarray
    quantity: np.ndarray
    unit_cost: np.ndarray
    group: np.ndarray
    line: np.ndarray
    ids: pa.Array


def receipt_lines(records: Records) -> ReceiptLines:
    """Lines of receipts; a receipt is what one supplier brings to one location on one day."""
    deliveries, orders, catalogue = records.trade.deliveries, records.trade.orders, records.catalogue
    calendar = records.calendar
    here = np.flatnonzero((deliveries["due"] >= calendar.opening) & (deliveries["due"] <= calendar.end))
    here = here[orders["status"][deliveries["order"][here]] != CANCELLED]
    here = here[np.argsort(deliveries["due"][here], kind="stable")]
    position, day = deliveries["position"][here], deliveries["due"][here]
    supplier = catalogue.items.supplier[catalogue.positions.item[position]]
    group, line = grouped(day.astype(np.int64), supplier, catalogue.positions.location[position])
    return ReceiptLines(
        order=deliveries["order"][here],
        position=position,
        day=day,
        quantity=deliveries["quantity"][here],
        unit_cost=deliveries["unit_cost"][here],
        group=group,
        line=line,
        ids=numbered("RC", group + 500_001, 8),
    )


def _receipts(records: Records) -> tuple[pa.Table, pa.Table]:
    """Receipts, and the freight bills and invoice variances that come later."""
    random = stream(records.knobs, "receipts")
    calendar, catalogue = records.calendar, records.catalogue
    lines = receipt_lines(records)
    position, day, quantity, line = lines.position, lines.day, lines.quantity, lines.line
    n = len(position)
    supplier = catalogue.items.supplier[catalogue.positions.item[position]]
    moment = random.integers(5 * HOUR + 600, 8 * HOUR, int(lines.group.max(initial=0)) + 1)[lines.group]
    currency = records.supplier_currency(supplier)
    # The order's price holds, in the currency and at the rate of the day it was placed.
    ordered = records.trade.orders["ordered"][lines.order]
    unit_cost = np.round(lines.unit_cost / records.rate(currency, ordered), 4)
    landed = np.round(unit_cost * quantity * records.supply.landed_share[supplier] * random.uniform(0.7, 1.3, n), 2)
    receipts = pa.table(
        {
            "receipt_id": lines.ids,
            "line_no": pa.array(line, pa.int32()),
            **records.places(position),
            "received_at": calendar.moments(day, moment),
            "quantity": whole(quantity),
            "unit_cost": money(unit_cost, 4),
            "landed_cost": blanked(money(landed), landed == 0),
            "supplier_id": catalogue.suppliers.ids.take(pa.array(supplier)),
            "po_id": _po_ids(records, lines.order)[0],
            "currency": currency_codes(currency),
            "loaded_at": records.loaded(random, day),
        }
    )
    late_day = day + random.integers(4, 60, n)
    is_freight = random.random(n) < 0.4
    share = np.where(is_freight, random.uniform(0.004, 0.03, n), random.normal(0, 0.025, n))
    amount = np.round(unit_cost * quantity * share, 2)
    billed = np.flatnonzero((random.random(n) < 0.06) & (late_day <= calendar.end) & (amount != 0))
    billed = billed[np.argsort(late_day[billed], kind="stable")]
    adjustments = pa.table(
        {
            "adjustment_id": numbered("RA", np.arange(len(billed)) + 1, 7),
            "receipt_id": lines.ids.take(pa.array(billed)),
            "line_no": pa.array(line[billed], pa.int32()),
            "adjusted_at": calendar.moments(late_day[billed], random.integers(9 * HOUR, 17 * HOUR, len(billed))),
            "amount": money(amount[billed]),
            "kind": chosen(("invoice_variance", "landed_cost"), is_freight[billed].astype(int)),
            "currency": currency_codes(currency[billed]),
        }
    )
    return receipts, adjustments


def _sales(records: Records) -> tuple[pa.Table, pa.Array]:
    """Sales lines by time, and the order id of every recorded sale (null before the data begin)."""
    random = stream(records.knobs, "sales")
    sales, calendar, catalogue = records.trade.sales, records.calendar, records.catalogue
    first = int(np.searchsorted(sales["day"], calendar.opening))
    position, day, quantity, price, discount, customer, promotion = (
        sales[name][first:] for name in ("position", "day", "quantity", "price", "discount", "customer", "promotion")
    )
    n = len(position)
    buyers = len(catalogue.customers.segment)
    # Passers-by take one or two things.
    basket = np.where(customer >= 0, customer, buyers + np.arange(n) // 2 % 10_000)
    group, line = grouped(day.astype(np.int64) - calendar.opening, catalogue.positions.location[position], basket)
    moment = random.integers(9 * HOUR + 1800, 20 * HOUR, int(group.max(initial=0)) + 1)[group]
    currency = records.location_currency(position)
    local = np.maximum(np.round(price / records.rate(currency, day), 2), 0.01)
    order_id = numbered("SO", group + 1_000_001, 9)
    columns = {
        "order_id": order_id,
        "line_no": pa.array(line, pa.int32()),
        **records.places(position),
        "sold_at": calendar.moments(day, moment),
        "quantity": whole(quantity),
        "unit_price": money(local),
        "discount_amount": money(local * quantity * discount),
        "customer_id": blanked(catalogue.customers.ids.take(pa.array(np.maximum(customer, 0))), customer < 0),
        "promotion_id": blanked(numbered("PR", np.maximum(promotion, 0) + 1, 4), promotion < 0),
        "currency": currency_codes(currency),
        "loaded_at": records.loaded(random, day),
    }
    order = pa.array(np.lexsort((line, group, moment, day)))
    table = pa.table({name: column.take(order) for name, column in columns.items()})
    return table, pa.concat_arrays([pa.nulls(first, pa.string()), order_id])


def _customer_returns(records: Records, order_ids: pa.Array) -> pa.Table:
    random = stream(records.knobs, "returns")
    returns, sales, calendar = records.trade.returns, records.trade.sales, records.calendar
    here = np.flatnonzero((returns["due"] >= calendar.opening) & (returns["due"] <= calendar.end))
    here = here[np.argsort(returns["due"][here], kind="stable")]
    sale, position, day, quantity = (returns[name][here] for name in ("sale", "position", "due", "quantity"))
    n = len(here)
    currency = records.location_currency(position)
    price = sales["price"][sale] * (1 - sales["discount"][sale]) / records.rate(currency, sales["day"][sale])
    refund = np.round(price * quantity * np.where(random.random(n) < 0.1, 0.85, 1.0), 2)
    customer = sales["customer"][sale]
    return pa.table(
        {
            "return_id": numbered("RT", np.arange(n) + 1, 7),
            "line_no": pa.array(np.ones(n), pa.int32()),
            **records.places(position),
            "returned_at": calendar.moments(day, random.integers(8 * HOUR + 600, 9 * HOUR - 300, n)),
            "quantity": whole(quantity),
            "refund_amount": blanked(money(refund), random.random(n) < 0.02),
            "order_id": blanked(order_ids.take(pa.array(sale)), random.random(n) < 0.05),
            "customer_id": blanked(
                records.catalogue.customers.ids.take(pa.array(np.maximum(customer, 0))), customer < 0
            ),
            "disposition": chosen(("restock", "scrap"), returns["is_scrap"][here].astype(int)),
            "reason": chosen(RETURN_REASONS, random.integers(0, len(RETURN_REASONS), n)),
            "currency": currency_codes(currency),
            "loaded_at": records.loaded(random, day),
        }
    )


def _stock_adjustments(records: Records) -> pa.Table:
    random = stream(records.knobs, "adjustments")
    adjustments, calendar = records.trade.adjustments, records.calendar
    here = np.flatnonzero(adjustments["day"] >= calendar.opening)
    day, reason = adjustments["day"][here], adjustments["reason"][here]
    is_count = (reason == REASONS.index("count")) | (reason == FOUND)
    moment = np.where(is_count, 21 * HOUR + 1800, 20 * HOUR + 600) + random.integers(0, 1500, len(here))
    return pa.table(
        {
            "adjustment_id": numbered("AD", np.arange(len(here)) + 1, 7),
            **records.places(adjustments["position"][here]),
            "adjusted_at": calendar.moments(day, moment),
            "quantity": whole(adjustments["quantity"][here]),
            "reason": chosen(REASONS, reason),
            "unit_cost": blanked(money(adjustments["unit_cost"][here], 4), reason != FOUND),
            "currency": pa.repeat("USD", len(here)),
            "loaded_at": records.loaded(random, day),
        }
    )


def _transfers(records: Records) -> pa.Table:
    random = stream(records.knobs, "transfers")
    transfers, calendar, positions = records.trade.transfers, records.calendar, records.catalogue.positions
    here = np.flatnonzero(transfers["shipped"] >= calendar.opening)
    position, destination = transfers["position"][here], transfers["destination"][here]
    shipped, due = transfers["shipped"][here], transfers["due"][here]
    n = len(here)
    received = calendar.moments(due, random.integers(4 * HOUR, 5 * HOUR, n))
    return pa.table(
        {
            "transfer_id": numbered("TF", np.arange(n) + 1, 7),
            "item_id": records.item_ids(positions.item[position]),
            "from_location_id": records.location_ids(positions.location[position]),
            "to_location_id": records.location_ids(positions.location[destination]),
            "shipped_at": calendar.moments(shipped, random.integers(9 * HOUR, 9 * HOUR + 1200, n)),
            "received_at": blanked(received, due > calendar.end),
            "quantity": whole(transfers["quantity"][here]),
            "loaded_at": records.loaded(random, shipped),
        }
    )


def _stock_counts(records: Records) -> pa.Table:
    random = stream(records.knobs, "counts")
    counts, calendar, positions = records.trade.counts, records.calendar, records.catalogue.positions
    here = np.flatnonzero(counts["day"] >= calendar.opening)
    position, day = counts["position"][here], counts["day"][here]
    group, _ = grouped(day.astype(np.int64), positions.location[position])
    return pa.table(
        {
            "count_id": numbered("CT", group + 1, 6),
            **records.places(position),
            "counted_at": calendar.moments(day, 21 * HOUR + random.integers(0, 1200, len(here))),
            "quantity": whole(counts["quantity"][here]),
        }
    )


def _prices(records: Records) -> pa.Table:
    """Price tags by interval; the regular price goes on beneath a markdown."""
    prices, calendar = records.trade.prices, records.calendar
    item, day, stage, price = (prices[name] for name in ("item", "day", "stage", "price"))
    reduced = stage != REGULAR
    until = np.where(reduced, _until_next(item, day, np.ones(len(item), bool)), _until_next(item, day, ~reduced))
    here = np.flatnonzero(until >= calendar.opening)
    here = here[np.lexsort((day[here], item[here]))]
    n = len(here)
    return pa.table(
        {
            "item_id": records.item_ids(item[here]),
            "location_id": pa.nulls(n, pa.string()),
            "price_type": chosen(PRICE_TYPES, stage[here]),
            "unit_price": money(price[here]),
            "valid_from": calendar.dates(day[here]),
            "valid_to": calendar.optional_dates(until[here], until[here] < NEVER_DAY),
            "currency": pa.repeat("USD", n),
        }
    )


def _until_next(item: np.ndarray, day: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Day before the item's next row that counts."""
    order = np.lexsort((day, item))
    rows = order[counts[order]]
    until = np.full(len(item), NEVER_DAY)
    same = item[rows[1:]] == item[rows[:-1]]
    until[rows[:-1][same]] = day[rows[1:][same]] - 1
    return until


def _promotions(records: Records) -> pa.Table:
    promotions, calendar = records.trade.promotions, records.calendar
    here = (promotions["ends"] >= calendar.opening) & (promotions["starts"] <= calendar.end)
    return pa.table(
        {
            "promotion_id": numbered("PR", promotions["number"][here] + 1, 4),
            "item_id": records.item_ids(promotions["item"][here]),
            "starts_on": calendar.dates(promotions["starts"][here]),
            "ends_on": calendar.dates(promotions["ends"][here]),
            "discount_fraction": money(promotions["fraction"][here]),
            "promotion_type": chosen(tuple(one[0] for one in PROMOTIONS), promotions["kind"][here]),
        }
    )


def _stockouts(records: Records) -> pa.Table:
    stockouts, calendar = records.trade.stockouts, records.calendar
    here = np.flatnonzero(stockouts["started"] >= calendar.opening)
    here = here[np.argsort(stockouts["started"][here], kind="stable")]
    ended = stockouts["ended"][here]
    return pa.table(
        {
            **records.places(stockouts["position"][here]),
            "started_at": calendar.moments(stockouts["started"][here], 20 * HOUR),
            "ended_at": blanked(calendar.moments(ended, 6 * HOUR), ended >= NEVER_DAY),
        }
    )


def _fx_rates(records: Records) -> pa.Table:
    """Rates of working days, from a fortnight before the data begin."""
    calendar, rates = records.calendar, records.supply.rates
    days = np.arange(calendar.opening - 14, calendar.end + 1)
    days = days[days % 7 < 5]
    currency = np.repeat(np.arange(len(CURRENCIES)), len(days))
    values = rates[:, days].ravel()
    return pa.table(
        {
            "currency": chosen(CURRENCIES, currency),
            "rate_on": calendar.dates(np.tile(days, len(CURRENCIES))),
            "rate_to_reporting": _rate_column(values),
        }
    )


def _rate_column(rates: np.ndarray) -> pa.Array:
    """Exchange rates as decimal(18, 8)."""
    words = np.zeros((len(rates), 2), np.int64)
    words[:, 0] = np.rint(rates * 10**6).astype(np.int64) * 100
    return pa.Array.from_buffers(pa.decimal128(18, 8), len(rates), [None, pa.py_buffer(words)])
