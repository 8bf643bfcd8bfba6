"""A clean company and what can be wrong with its files: rows that are added damaged, and files that are spoilt.

Every damaged row is an extra one of an item or document of its own, so that what becomes of all other rows can be
compared with a build without it.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ITEM, PLACE, OTHER_PLACE, DAY = "HOSTILE-1", "DC-RENO", "DC-COLUMBUS", "2025-06-10"
NOON, NIGHT = f"{DAY} 12:00:00", f"{DAY} 23:50:00"
TYPED = ("market_signals", "quality_inspections")
LONG_TEXT = "lorem ipsum dolor " * 600_000
NO_PICTURE = b"GIF89a is what this is not, nor \x89PNG \xff\xfe\x00"

# A whole row of each table, of which a damage changes some values.
WHOLE = {
    "items": {
        "description": "Hostile Gadget", "category": "Audio", "unit_of_measure": "each", "standard_cost": "5",
        "list_price": "10", "currency": "USD",
    },
    "locations": {"name": "A place of its own"},
    "suppliers": {"name": "A supplier of its own"},
    "customers": {"segment": "retail"},
    "sales": {
        "line_no": "1", "item_id": ITEM, "location_id": PLACE, "sold_at": NOON, "quantity": "2", "unit_price": "10",
        "currency": "USD", "loaded_at": NIGHT,
    },
    "receipts": {
        "line_no": "1", "item_id": ITEM, "location_id": PLACE, "received_at": NOON, "quantity": "20",
        "unit_cost": "5", "currency": "USD", "loaded_at": NIGHT,
    },
    "receipt_cost_adjustments": {
        "line_no": "1", "receipt_id": "HOSTILE-RECEIPT", "adjusted_at": NOON, "amount": "7", "currency": "USD",
    },
    "customer_returns": {
        "line_no": "1", "item_id": ITEM, "location_id": PLACE, "returned_at": NOON, "quantity": "1",
        "refund_amount": "10", "disposition": "restock", "currency": "USD", "loaded_at": NIGHT,
    },
    "stock_adjustments": {
        "item_id": ITEM, "location_id": PLACE, "adjusted_at": NOON, "quantity": "-1", "reason": "damage",
        "currency": "USD", "loaded_at": NIGHT,
    },
    "transfers": {
        "item_id": ITEM, "from_location_id": PLACE, "to_location_id": OTHER_PLACE, "shipped_at": NOON,
        "received_at": "2025-06-12 12:00:00", "quantity": "1", "loaded_at": NIGHT,
    },
    "opening_stock": {
        "item_id": ITEM, "location_id": PLACE, "as_of": "2024-01-01", "quantity": "10", "unit_cost": "5",
        "currency": "USD",
    },
    "purchase_orders": {
        "line_no": "1", "item_id": ITEM, "location_id": PLACE, "ordered_on": DAY, "quantity": "10",
        "unit_cost": "5", "currency": "USD",
    },
    "stock_counts": {"item_id": ITEM, "location_id": PLACE, "counted_at": NOON, "quantity": "3"},
    "prices": {"price_type": "regular", "unit_price": "10", "valid_from": DAY, "currency": "USD"},
    "promotions": {"item_id": ITEM, "starts_on": DAY, "ends_on": "2025-06-20", "discount_fraction": "0.2"},
    "stockouts": {"item_id": ITEM, "location_id": PLACE, "started_at": NOON},
    "supplier_messages": {"supplier_id": "SUP0106", "sent_at": NOON, "body": "Greetings."},
    "fx_rates": {"currency": "HSX", "rate_on": "2024-01-01", "rate_to_reporting": "2.5"},
    "booked_reserves": {"item_id": ITEM, "location_id": PLACE, "period_end": "2025-06-30", "amount": "1"},
    "reserve_overrides": {
        "item_id": ITEM, "location_id": PLACE, "period_end": "2025-06-30", "reserve_amount": "1",
        "reason_code": "other", "rationale": "a test", "requested_by": "somebody", "requested_at": NOON,
    },
    "reserve_approvals": {"subject_type": "override", "subject_id": "no override", "decision": "approved"},
    "market_signals": {
        "signal": "hostile", "entity_type": "all", "observed_on": dt.date(2025, 6, 10),
        "published_at": dt.datetime(2025, 6, 11), "value": 1.0,
    },
    "quality_inspections": {
        "item_id": ITEM, "inspected_at": dt.datetime(2025, 6, 10), "sample_size": 10, "defects": 1,
    },
}  # fmt: skip

# The column that names a document; it is filled with the damage's own name unless the damage says otherwise.
DOCUMENT = {
    "items": "item_id", "locations": "location_id", "suppliers": "supplier_id", "customers": "customer_id",
    "sales": "order_id", "receipts": "receipt_id", "receipt_cost_adjustments": "adjustment_id",
    "customer_returns": "return_id", "stock_adjustments": "adjustment_id", "transfers": "transfer_id",
    "purchase_orders": "po_id", "stock_counts": "count_id", "prices": "item_id", "promotions": "promotion_id",
    "supplier_messages": "message_id", "reserve_overrides": "override_id", "reserve_approvals": "approval_id",
    "market_signals": "series", "quality_inspections": "inspection_id",
}  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """One damaged row, and what is to become of it.

    Attributes:
        name: the damage in words.
        table: where the row is added.
        changes: the values in which it differs from a whole row.
        becomes: used, merged, set aside or quarantined.
        reason: why, if it is not used.
        mend: words that its `mends` must hold; empty: it bears no mend.
        reads: what the staging model must hold of it.
        beside: other rows that come before it, as changes of the same whole row.
    """

    name: str
    table: str
    changes: dict[str, object]
    becomes: str
    reason: str | None = None
    mend: str = ""
    reads: dict[str, object] = field(default_factory=dict)
    beside: tuple[dict[str, object], ...] = ()

    @property
    def rows(self) -> list[dict[str, object]]:
        """The rows to add; the damaged one is the last."""
        whole = dict(WHOLE[self.table])
        if self.table in DOCUMENT:
            whole[DOCUMENT[self.table]] = self.name.replace("_", " ")
        return [whole | changes for changes in (*self.beside, self.changes)]


def quarantined(name: str, table: str, reason: str, **changes: object) -> Damage:
    """A row that can't be used."""
    return Damage(name, table, changes, "quarantined", reason)


def used(name: str, table: str, changes: dict, reads: dict | None = None, mend: str = "") -> Damage:
    """A row that is used as it is or mended."""
    return Damage(name, table, changes, "used", None, mend, reads or {})


WITH_TIME = dt.datetime(2025, 6, 10, 12)
ODD_ITEM = "it's \"odd\", isn't it;"

# The item and the receipt that other damaged rows speak of.
SCENERY = [
    used("the_item_of_a_first_receipt", "items", {"item_id": "SLIP-1"}, {"standard_cost": Decimal(5)}),
    used("the_item_of_the_damaged_rows", "items", {"item_id": ITEM}, {"list_price": Decimal(10)}),
    used("the_receipt_of_the_damaged_rows", "receipts", {"receipt_id": "HOSTILE-RECEIPT", "quantity": "1000"}),
    used("the_rate_of_the_damaged_rows", "fx_rates", {}, {"rate_to_reporting": Decimal("2.5")}),
]

NUMBERS = [
    quarantined("a_word_for_a_quantity", "sales", "quantity can not be read", quantity="two"),
    quarantined("a_quantity_left_out", "sales", "quantity is missing", quantity=""),
    used("a_thousands_separator", "sales", {"quantity": "1,234"}, {"quantity": Decimal(1234)}),
    used("thousands_and_a_point", "receipts", {"quantity": "1,234,567.5"}, {"quantity": Decimal("1234567.5")}),
    used("a_decimal_comma", "sales", {"quantity": "1,5"}, {"quantity": Decimal("1.5")}),
    used("a_decimal_comma_and_points", "sales", {"quantity": "1.234,5"}, {"quantity": Decimal("1234.5")}),
    used("a_decimal_comma_in_a_count", "stock_counts", {"quantity": "0,125"}, {"quantity": Decimal("0.125")}),
    quarantined("not_a_number_in_text", "sales", "quantity is missing", quantity="NaN"),
    quarantined("infinity_in_text", "receipts", "quantity can not be read", quantity="-inf"),
    quarantined("a_number_beyond_doubles", "sales", "quantity can not be read", quantity="1e400"),
    quarantined("a_huge_quantity", "sales", "quantity is beyond 100,000,000,000", quantity="999999999999"),
    quarantined("a_quantity_beyond_decimals", "receipts", "quantity is beyond 100,000,000,000", quantity="1e30"),
    quarantined(
        "a_huge_product",
        "sales",
        "an amount beyond 10,000,000,000,000",
        quantity="9000000000",
        unit_price="9000000000",
    ),
    quarantined("a_tiny_quantity", "sales", "quantity is not positive", quantity="0.0000001"),
    quarantined("a_negative_quantity", "sales", "quantity is not positive", quantity="-2"),
    quarantined("a_quantity_of_zero", "customer_returns", "quantity is not positive", quantity="0"),
    quarantined("an_adjustment_of_zero", "stock_adjustments", "quantity is zero", quantity="0.0"),
    quarantined("a_negative_count", "stock_counts", "quantity is negative", quantity="-3"),
    used("digits_with_spaces_around", "sales", {"quantity": " 7 "}, {"quantity": Decimal(7)}),
    used("an_exponent", "sales", {"quantity": "1.5e1"}, {"quantity": Decimal(15)}),
    quarantined("digits_of_another_script", "sales", "quantity can not be read", quantity="١٢"),
    used("half_a_line_number", "sales", {"line_no": "1.5"}, {"line_no": None}, "line_no could not be read"),
    used("a_line_number_with_a_point", "sales", {"line_no": "2.0"}, {"line_no": 2}),
    used(
        "a_spreadsheet_error", "sales", {"discount_amount": "#REF!"}, {"discount_amount": None}, "discount_amount could"
    ),
]

MONEY = [
    quarantined("a_negative_cost", "receipts", "unit cost is negative", unit_cost="-5"),
    quarantined("a_negative_cost_in_the_opening_stock", "opening_stock", "unit cost is negative", unit_cost="-0.01"),
    quarantined("a_negative_cost_of_an_order", "purchase_orders", "unit cost is negative", unit_cost="-5"),
    quarantined("a_negative_sales_price", "sales", "unit price is negative", unit_price="-10"),
    quarantined("a_negative_list_price", "prices", "unit price is negative", item_id=ITEM, unit_price="-1"),
    used("a_cost_left_out", "receipts", {"unit_cost": ""}, {"unit_cost": Decimal(5)}, "unit_cost missing, taken from"),
    used("a_cost_of_zero", "receipts", {"unit_cost": "0"}, {"unit_cost": Decimal(5)}, "unit_cost missing, taken from"),
    Damage(
        "a_cost_a_hundredfold_of_three_receipts",
        "receipts",
        {"unit_cost": "500"},
        "used",
        mend="unit_cost was 500",
        reads={"unit_cost": Decimal(5), "cost_amount": Decimal(100)},
        beside=tuple({"receipt_id": f"BEFORE-{day}", "received_at": f"2025-06-0{day}"} for day in (7, 8, 9)),
    ),
    used(
        "a_cost_a_hundredfold_of_the_standard",
        "receipts",
        {"unit_cost": "500", "item_id": "SLIP-1"},
        {"unit_cost": Decimal(500)},
    ),
    used(
        "a_currency_sign", "receipts", {"unit_cost": "$5.00"}, {"unit_cost": Decimal(5)}, "unit_cost could not be read"
    ),
    used(
        "an_infinite_freight",
        "receipts",
        {"landed_cost": "inf"},
        {"landed_cost": None},
        "landed_cost could not be read",
    ),
    used(
        "a_huge_freight",
        "receipts",
        {"landed_cost": "1e14"},
        {"landed_cost": None},
        "landed_cost (beyond 10,000,000,000,000) could not be read",
    ),
    quarantined("an_unknown_currency", "sales", "no exchange rate for its currency and day", currency="ZZZ"),
    used("a_currency_in_small_letters", "sales", {"currency": " usd"}, {"currency": "USD", "unit_price": Decimal(10)}),
    used("another_currency", "sales", {"currency": "hsx", "unit_price": "4"}, {"unit_price": Decimal(10)}),
    quarantined("a_rate_of_zero", "fx_rates", "rate is not positive", rate_on="2025-01-01", rate_to_reporting="0"),
    quarantined("a_negative_rate", "fx_rates", "rate is not positive", rate_on="2025-01-02", rate_to_reporting="-2"),
    quarantined("no_number_for_a_rate", "fx_rates", "rate_to_reporting is missing", rate_to_reporting="nan"),
    used(
        "a_rate_at_the_end_of_all_days",
        "fx_rates",
        {"currency": "HSF", "rate_on": "9999-12-31"},
        {"rate_on": dt.date(9999, 12, 31)},
    ),
    used(
        "a_rate_of_the_reporting_currency",
        "fx_rates",
        {"currency": "USD", "rate_to_reporting": "1"},
        {"rate_to_reporting": Decimal(1)},
    ),
    used(
        "a_huge_rate",
        "fx_rates",
        {"currency": "HSY", "rate_to_reporting": "9000000000000"},
        {"rate_to_reporting": Decimal(9_000_000_000_000)},
    ),
    quarantined("money_at_a_huge_rate", "sales", "an amount beyond 10,000,000,000,000", currency="HSY"),
    used("a_huge_list_price", "items", {"list_price": "1e14"}, {"list_price": None}, "list_price (beyond 10,000"),
    used("a_negative_standard_cost", "items", {"standard_cost": "-5"}, {"standard_cost": None}, "left out: negative"),
    used(
        "an_endless_shelf_life", "items", {"shelf_life_days": "99999999"}, {"shelf_life_days": None}, "left out: shelf"
    ),
    used(
        "a_share_in_percent",
        "promotions",
        {"discount_fraction": "20%"},
        {"discount_fraction": None},
        "could not be read",
    ),
    used("a_share_above_one", "promotions", {"discount_fraction": "20"}, {"discount_fraction": None}, "left out: disc"),
    quarantined("no_amount_of_a_reserve", "booked_reserves", "amount is missing", amount="n/a"),
    quarantined(
        "a_huge_override", "reserve_overrides", "reserve_amount is beyond 10,000,000,000,000", reserve_amount="1e14"
    ),
]

DATES = [
    used("the_day_first", "sales", {"sold_at": "30/06/2025"}, {"sold_at": dt.datetime(2025, 6, 30)}),
    used("points_in_a_day", "sales", {"sold_at": "10.06.2025 12:00"}, {"sold_at": WITH_TIME}),
    quarantined("a_thirteenth_month", "sales", "sold_at can not be read", sold_at="2025-13-01"),
    quarantined("a_thirtieth_of_february", "receipts", "received_at can not be read", received_at="2025-02-30"),
    quarantined("seconds_since_1970", "sales", "sold_at can not be read", sold_at="1749556800"),
    quarantined("a_day_without_end", "sales", "sold_at can not be read", sold_at="infinity"),
    quarantined("a_day_before_christ", "receipts", "received_at can not be read", received_at="0044-03-15 (BC)"),
    quarantined("a_moment_left_out", "sales", "sold_at is missing", sold_at="  "),
    quarantined("a_sale_in_the_far_future", "sales", "after the last day of the data", sold_at="2999-01-01"),
    quarantined("a_sale_before_the_company", "sales", "before the first day of the data", sold_at="1901-01-01"),
    used("a_moment_in_india", "sales", {"sold_at": "2025-06-10T17:30:00+05:30"}, {"sold_at": WITH_TIME}),
    used("a_moment_in_new_york", "sales", {"sold_at": "2025-06-10 08:00:00-04"}, {"sold_at": WITH_TIME}),
    used("a_moment_in_utc", "sales", {"sold_at": "2025-06-10T12:00:00Z"}, {"sold_at": WITH_TIME}),
    used("a_moment_without_a_zone_after_others", "sales", {}, {"sold_at": WITH_TIME}),
    used("a_moment_that_says_utc", "sales", {"sold_at": f"{NOON} UTC"}, {"sold_at": WITH_TIME}),
    used(
        "a_month_end_seen_from_tokyo",
        "sales",
        {"sold_at": "2025-07-01T02:00:00+09:00"},
        {"sold_at": dt.datetime(2025, 6, 30, 17)},
    ),
    # The engine would read all rows after it in the zone of Berlin.
    quarantined("a_time_zone_by_name", "sales", "sold_at can not be read", sold_at=f"{NOON} Europe/Berlin"),
    used("a_moment_after_a_time_zone_by_name", "sales", {}, {"sold_at": WITH_TIME}),
    quarantined(
        "a_price_that_ends_before_it_begins", "prices", "ends before it begins", item_id=ITEM, valid_to="2025-06-01"
    ),
    quarantined("a_promotion_with_swapped_days", "promotions", "ends before it begins", starts_on="2025-07-01"),
    quarantined("a_stockout_with_swapped_moments", "stockouts", "ends before it begins", ended_at="2025-06-01"),
    quarantined(
        "a_transfer_received_before_shipment", "transfers", "received before it was shipped", received_at="2025-06-01"
    ),
    used(
        "a_price_until_infinity",
        "prices",
        {"item_id": "SLIP-1", "valid_to": "infinity"},
        {"valid_to": None},
        "valid_to could",
    ),
    used("a_launch_on_no_day", "items", {"launched_on": "2025-02-30"}, {"launched_on": None}, "launched_on could not"),
    used(
        "a_load_time_without_end",
        "sales",
        {"loaded_at": "infinity"},
        {"known_at": WITH_TIME},
        "loaded_at could not be read",
    ),
    used(
        "a_load_time_centuries_off",
        "sales",
        {"loaded_at": "9999-12-31"},
        {"known_at": WITH_TIME},
        "left out: loaded_at of 9999",
    ),
]

KEYS = [
    quarantined("no_order_id", "sales", "order_id is missing", order_id=""),
    quarantined("no_item_id", "sales", "item_id is missing", item_id="  "),
    quarantined("no_item_id_in_the_master", "items", "item_id is missing", item_id=""),
    quarantined("no_location_id", "receipts", "location_id is missing", location_id=""),
    quarantined("no_location_id_in_the_master", "locations", "location_id is missing", location_id=" "),
    quarantined("no_supplier_id", "supplier_messages", "supplier_id is missing", supplier_id=""),
    quarantined("no_currency_of_a_rate", "fx_rates", "currency is missing", currency=""),
    quarantined("no_decision", "reserve_approvals", "decision is missing", decision=""),
    quarantined("an_orphan_item", "sales", "item_id is unknown", item_id="NO-SUCH-ITEM"),
    quarantined("an_orphan_location", "receipts", "location_id is unknown", location_id="NOWHERE"),
    quarantined("an_orphan_destination", "transfers", "to_location_id is unknown", to_location_id="NOWHERE"),
    quarantined(
        "an_orphan_receipt", "receipt_cost_adjustments", "its receipt line is unknown", receipt_id="NO-SUCH-RECEIPT"
    ),
    used("an_orphan_customer", "sales", {"customer_id": "NOBODY"}, {"customer_id": "NOBODY"}),
    used("an_orphan_order_returned", "customer_returns", {"order_id": "NO-SUCH-ORDER"}, {"item_id": ITEM}),
    quarantined("an_id_of_dashes", "sales", "item_id is unknown", item_id="---"),
    quarantined("a_transfer_to_itself", "transfers", "from and to are the same location", to_location_id=PLACE),
    used("an_id_in_small_letters_and_spaces", "sales", {"item_id": " hostile 1 "}, {"item_id": ITEM}, "item_id was"),
    used(
        "an_id_with_invisible_letters", "sales", {"item_id": "HOSTILE\u200b-\u00a01"}, {"item_id": ITEM}, "item_id was"
    ),
    used("an_id_with_leading_zeros", "receipts", {"item_id": "00HOSTILE1"}, {"item_id": ITEM}, "item_id was"),
    quarantined("sql_in_an_item_id", "sales", "item_id is unknown", item_id="'; drop schema core cascade; --"),
    used(
        "sql_in_an_order_id",
        "sales",
        {"order_id": "x'); delete from items; --"},
        {"order_id": "x'); delete from items; --"},
    ),
    used(
        "jinja_in_an_order_id", "sales", {"order_id": "{{ 7 * 7 }}{% raise %}"}, {"order_id": "{{ 7 * 7 }}{% raise %}"}
    ),
    used("a_formula_for_an_id", "sales", {"order_id": '=cmd|"/c calc"!A1'}, {"order_id": '=cmd|"/c calc"!A1'}),
    used("quotes_in_an_item_id", "items", {"item_id": ODD_ITEM, "description": "Odd"}, {"item_id": ODD_ITEM}),
    used("a_sale_of_an_item_with_quotes", "sales", {"item_id": ODD_ITEM}, {"item_id": ODD_ITEM}),
    used(
        "a_line_break_in_an_id",
        "sales",
        {"order_id": "two\nlines, and a comma"},
        {"order_id": "two\nlines, and a comma"},
    ),
    used("a_zero_byte_in_an_id", "sales", {"order_id": "zero\x00byte"}, {"order_id": "zero\x00byte"}),
    used(
        "another_script_and_pictures",
        "sales",
        {"order_id": "Größe 尺寸 😀 \u202eabc"},
        {"order_id": "Größe 尺寸 😀 \u202eabc"},
    ),
    used(
        "an_item_that_succeeds_itself",
        "items",
        {"item_id": "SELF-1", "successor_item_id": "SELF-1"},
        {"item_id": "SELF-1"},
    ),
    used("an_orphan_successor", "items", {"successor_item_id": "NO-SUCH-ITEM"}, {"description": "Hostile Gadget"}),
    Damage(
        "circular_successors",
        "items",
        {"item_id": "RING-2", "successor_item_id": "RING-1"},
        "used",
        reads={"successor_item_id": "RING-1"},
        beside=({"item_id": "RING-1", "successor_item_id": "RING-2"},),
    ),
    Damage("a_row_twice", "sales", {}, "merged", "the same row delivered again", beside=({},)),
    Damage(
        "a_master_row_twice",
        "items",
        {"description": "Hostile Gadget, new"},
        "used",
        reads={"description": "Hostile Gadget, new"},
        beside=({},),
    ),
    Damage(
        "two_products_under_nearly_one_id",
        "items",
        {"item_id": "NEAR 99", "description": "Purple lamp"},
        "used",
        reads={"item_id": "NEAR 99"},
        beside=({"item_id": "NEAR-99", "description": "Steel bolt"},),
    ),
    Damage(
        "a_row_sent_again_as_nonsense",
        "sales",
        {},
        "used",
        reads={"quantity": Decimal(2)},
        beside=({"quantity": "two", "loaded_at": "2025-06-11 23:50:00"},),
    ),
    Damage("no_product_at_all", "sales", {"item_id": "POSTAGE"}, "set aside", "postage and carriage"),
    Damage("no_product_in_the_master", "items", {"item_id": "Delivery 24h"}, "set aside", "postage and carriage"),
    Damage("a_sale_of_it", "sales", {"item_id": "delivery-24h"}, "set aside", "postage and carriage"),
    quarantined("a_header_again", "receipts", "received_at can not be read", **{}),
    Damage(
        "overlapping_price_intervals",
        "prices",
        {"item_id": ITEM, "valid_from": "2025-03-01", "valid_to": "2025-08-31", "unit_price": "11"},
        "used",
        reads={"valid_from": dt.date(2025, 3, 1)},
        beside=({"item_id": ITEM, "valid_from": "2025-01-01", "valid_to": "2025-06-30", "unit_price": "12"},),
    ),
]

CONTENTS = [
    used("ten_million_letters_in_a_message", "supplier_messages", {"body": LONG_TEXT}, {"body": LONG_TEXT.strip()}),
    used(
        "ten_million_letters_in_a_description", "items", {"description": LONG_TEXT}, {"description": LONG_TEXT.strip()}
    ),
    quarantined("ten_million_letters_for_an_id", "sales", "item_id is unknown", item_id=LONG_TEXT),
    quarantined("an_empty_message", "supplier_messages", "body is missing", body="   "),
    used("a_picture_that_is_no_picture", "quality_inspections", {"image": NO_PICTURE}, {"image": NO_PICTURE}),
    used("a_picture_of_no_bytes", "quality_inspections", {"image": b""}, {"image": b""}),
    quarantined("more_defects_than_looked_at", "quality_inspections", "more defects than units looked at", defects=11),
    quarantined(
        "a_negative_number_of_defects", "quality_inspections", "defects or units looked at are negative", defects=-1
    ),
    quarantined("not_a_number_as_a_double", "market_signals", "value can not be read", value=float("nan")),
    quarantined("infinity_as_a_double", "market_signals", "value can not be read", value=float("-inf")),
    used("a_huge_double", "market_signals", {"value": 1e300}, {"value": 1e300}),
    quarantined("a_signal_without_a_value", "market_signals", "value is missing", value=None),
    quarantined("a_signal_of_no_kind", "market_signals", "signal is missing", signal=None),
]

DAMAGES = [*SCENERY, *NUMBERS, *MONEY, *DATES, *KEYS, *CONTENTS]


def damaged_rows(columns: dict[str, list[str]]) -> dict[str, list[dict[str, object]]]:
    """All rows to add, by table; a repeated header is a row that holds the names of its columns."""
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in columns}
    for damage in DAMAGES:
        header = {name: name for name in columns[damage.table]} if damage.name == "a_header_again" else {}
        rows[damage.table].extend(row | header for row in damage.rows)
    return rows


def row_numbers(counts: dict[str, int]) -> dict[str, int]:
    """The number that each damage's row has in its table, after as many clean ones."""
    last, numbers = dict(counts), {}
    for damage in DAMAGES:
        last[damage.table] += len(damage.rows)
        numbers[damage.name] = last[damage.table]
    return numbers


def write_damaged(clean: Path, folder: Path) -> Path:
    """Write the clean company with all damaged rows after its own, in files that differ in all that a CSV may.

    Args:
        clean: the Parquet files of the company.
        folder: to be made.

    Returns:
        The folder.
    """
    folder.mkdir()
    tables = {path.stem: pq.read_table(path) for path in sorted(clean.glob("*.parquet"))}
    added = damaged_rows({name: table.column_names for name, table in tables.items()})
    for name, table in tables.items():
        if name in TYPED:
            columns = {column: [row.get(column) for row in added[name]] for column in table.column_names}
            extra = pa.table(columns, schema=table.schema)
            pq.write_table(pa.concat_tables([table, extra]), folder / f"{name}.parquet")
        else:
            write_csv(
                folder / f"{name}.csv", table.column_names, table.to_pylist() + added[name], **DIALECTS.get(name, {})
            )
    return folder


# Ways of writing CSV that a spreadsheet or an ERP may have, all of which are to be read alike.
DIALECTS = {
    "sales": {"encoding": "utf-8-sig"},
    "fx_rates": {"delimiter": ";"},
    "promotions": {"delimiter": "\t"},
    "opening_stock": {"delimiter": "|"},
    "prices": {"lineterminator": "\r\n"},
    "locations": {"lineterminator": "\r"},
    "customers": {"quoting": csv.QUOTE_ALL},
    "transfers": {"rename": str.upper, "order": -1},
    "stock_counts": {"rename": lambda name: f" {name} ", "extra": "a column of no use, with a comma"},
}


def write_csv(
    path: Path,
    columns: list[str],
    rows: list[dict[str, object]],
    encoding: str = "utf-8",
    rename: Callable[[str], str] = str,
    order: int = 1,
    extra: str | None = None,
    **dialect: object,
) -> None:
    """Write rows as CSV.

    Args:
        path: the file.
        columns: the names of its columns.
        rows: their values by name; absent ones are empty.
        encoding: of the file.
        rename: what becomes of each name.
        order: -1 turns the columns round.
        extra: one more column.
        dialect: what the `csv` module may vary.
    """
    columns = columns[::order]
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, **{"lineterminator": "\n", **dialect})
        writer.writerow([rename(column) for column in columns] + ([extra] if extra else []))
        for row in rows:
            writer.writerow([row.get(column) for column in columns] + (["x"] if extra else []))


@dataclass(frozen=True)
class Spoilt:
    """A file that no build can begin with.

    Attributes:
        name: the fault in words.
        spoil: what is done in the folder of the company, whose tables are CSV files but for the typed ones.
        sentences: what must be said.
    """

    name: str
    spoil: Callable[[Path], None]
    sentences: tuple[str, ...]


def _bytes(change: Callable[[bytes], bytes], file: str = "sales.csv") -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / file
        path.write_bytes(change(path.read_bytes()))

    return spoil


def _line(number: int, change: Callable[[bytes], bytes], file: str = "sales.csv") -> Callable[[Path], None]:
    def changed(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return _bytes(changed, file)


def _column(name: str, value: Callable[[object], object], file: str = "sales.csv") -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with (folder / file).open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        write_csv(folder / file, list(rows[0]), [row | {name: value(row[name])} for row in rows])

    return spoil


def _retype(table: str, column: str, values: Callable[[int], pa.Array]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / f"{table}.parquet"
        old = pq.read_table(path)
        pq.write_table(old.set_column(old.column_names.index(column), column, values(len(old))), path)

    return spoil


def _folder_for(file: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).mkdir()
        (folder / file / "part-0000").write_text("a part\n")

    return spoil


def _link_to_nothing(folder: Path) -> None:
    (folder / "prices.csv").unlink()
    (folder / "prices.csv").symlink_to(folder / "not there")


def _both_kinds(folder: Path) -> None:
    shutil.copy(folder / "market_signals.parquet", folder / "prices.parquet")


SPOILT = [
    Spoilt("a_file_of_no_bytes", _bytes(lambda _: b""), ("sales.csv is empty", "take the file away")),
    Spoilt("a_header_and_no_row", _bytes(lambda text: text.split(b"\n")[0]), ("required table sales has no row",)),
    Spoilt(
        "a_parquet_file_of_no_bytes", _bytes(lambda _: b"", "market_signals.parquet"), ("can't be read as Parquet",)
    ),
    Spoilt(
        "text_named_parquet", _bytes(lambda _: b"a,b\n1,2\n", "market_signals.parquet"), ("can't be read as Parquet",)
    ),
    Spoilt("a_parquet_file_cut_short", _bytes(lambda all: all[:-99], "market_signals.parquet"), ("cut short",)),
    Spoilt(
        "a_parquet_file_with_flipped_bytes",
        _bytes(
            lambda all: all[:900] + bytes(byte ^ 0x5A for byte in all[900:1500]) + all[1500:], "market_signals.parquet"
        ),
        ("market_signals.parquet can't be read as Parquet", "damaged"),
    ),
    Spoilt(
        "latin_1_among_utf_8",
        _line(2000, lambda line: line.replace(b"SO", "SÖ".encode()) + b"\xd6"),
        ("sales.csv is not UTF-8 text at line 2000", "save it as CSV in UTF-8"),
    ),
    Spoilt("a_zipped_file", _bytes(lambda text: b"\x1f\x8b\x08\x00" + text), ("sales.csv is no text",)),
    Spoilt(
        "a_line_too_long", _line(7, lambda line: line + b",1,2"), ("line 7", "13 values or more", "names 12 columns")
    ),
    Spoilt("a_line_too_short", _line(9, lambda line: line[:20]), ("line 9", "where the first line names 12 columns")),
    Spoilt("a_quote_left_open", _line(5, lambda line: b'"' + line), ("a double quote is not closed",)),
    Spoilt("line_ends_mixed", _line(3, lambda line: line + b"\r"), ("line",)),
    Spoilt(
        "a_title_above_the_header",
        _bytes(lambda text: b"Sales of 2025\n" + text),
        ("line 2", "where the first line names 1"),
    ),
    Spoilt("an_empty_line_above_the_header", _bytes(lambda text: b"\n" + text), ("sales.csv has an empty first line",)),
    Spoilt(
        "a_missing_column",
        _line(1, lambda line: line.replace(b"sold_at", b"when")),
        ("column sold_at is missing from",),
    ),
    Spoilt(
        "a_column_twice",
        _line(1, lambda line: line.replace(b"sold_at", b"Quantity")),
        ("column quantity more than once",),
    ),
    Spoilt(
        "a_column_with_a_name_of_ours",
        _line(1, lambda line: line.replace(b"discount_amount", b"source_row_number")),
        ("has a column source_row_number", "rename it"),
    ),
    Spoilt(
        "all_days_in_words",
        _column("sold_at", lambda _: "the 31st"),
        ("No value of the column sold_at", "'the 31st'"),
    ),
    Spoilt(
        "all_prices_with_their_currency",
        _column("unit_price", lambda _: "12 EUR 50"),
        ("No value of the column unit_price", "'12 EUR 50'"),
    ),
    Spoilt(
        "whole_numbers_for_days",
        _retype("market_signals", "observed_on", lambda rows: pa.array(range(rows))),
        ("column observed_on", "of type BIGINT, can be read as date"),
    ),
    Spoilt(
        "bytes_for_ids",
        _retype("quality_inspections", "item_id", lambda rows: pa.array([b"GAM-01001"] * rows)),
        ("column item_id", "of type BLOB, can be read as string"),
    ),
    Spoilt(
        "a_folder_for_a_file",
        _folder_for("sales.csv"),
        ("sales.csv is taken for a table in parts", "part-0000 is neither Parquet nor CSV"),
    ),
    Spoilt("a_folder_for_an_optional_file", _folder_for("prices.csv"), ("prices.csv is taken for a table in parts",)),
    Spoilt("a_link_to_nothing", _link_to_nothing, ("prices.csv is a link to a file that is not there",)),
    Spoilt("one_table_in_two_files", _both_kinds, ("The table prices stands in two files", "take one of them away")),
    Spoilt(
        "a_missing_required_file",
        lambda folder: (folder / "receipts.csv").unlink(),
        ("required table receipts is absent",),
    ),
]
