"""Costing cases as input tables, and what a build says about them.

A case is a list of movements with what is expected after some of them. Every expectation becomes an item of its
own, whose tables hold what had been entered by then, so that one build of one company answers all of them. A case
counts money in its currency's smallest unit, we in ten-thousandths: money is entered so that the two are the same,
and rounding can be compared exactly. A unit cost, of which we keep more, is compared by the smallest unit too.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

OPENING_DAY, FIRST_DAY = datetime(2024, 2, 1), datetime(2024, 3, 1)
METHODS = {"moving_average": "weighted_average"}
NO_REGIONS = {"MAIN": None, "A": None, "B": None}


def smallest_units(case: dict, amount: str | Decimal) -> Decimal:
    """An amount of the case so that its smallest unit of money is one ten-thousandth."""
    return Decimal(amount).scaleb(case["policy"].get("money", 4) - 4)


class Company:
    """Input tables, one item per expectation of a case."""

    def __init__(self, cases: list[dict], regions: dict[str, str | None] = NO_REGIONS):
        self.tables: dict[str, list[dict]] = defaultdict(list)
        self.items: dict[tuple[str, str, int], str] = {}
        self.tables["locations"] = [{"location_id": place, "region": region} for place, region in regions.items()]
        self._keep_the_shop_open()
        self._deliver_late()
        for case in cases:
            for number, expectation in enumerate(case["expect"]):
                item = f"V{len(self.items) + 1:04d}"
                self.items[case["id"], case["method"], number] = item
                self._enter(case, expectation, item)

    def write(self, folder: Path) -> Path:
        for table, rows in self.tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{table}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        return folder

    def _keep_the_shop_open(self) -> None:
        """Daily sales of one more item: they are the data's window."""
        self.tables["items"].append({"item_id": "SHOP", "description": "Lamp", "category": "Lamps"})
        self.tables["opening_stock"].append(
            {"item_id": "SHOP", "location_id": "MAIN", "as_of": OPENING_DAY.date(), "quantity": 9, "unit_cost": 1}
        )
        for number in range(60):
            self._sell(f"SHOP-{number}", "SHOP", "MAIN", OPENING_DAY + timedelta(days=number), Decimal("0.1"))

    def _deliver_late(self) -> None:
        """Receipts of February, of which one becomes known in March, after a sale of February needed it."""
        self.tables["items"].append({"item_id": "LATE", "description": "Lamp", "category": "Lamps"})
        for number, (received, loaded, quantity, cost) in enumerate([(5, 5, 10, 10), (10, 33, 5, 20)], 1):
            row = {"receipt_id": f"LATE-{number}", "line_no": 1, "item_id": "LATE", "location_id": "MAIN"}
            row |= {"received_at": OPENING_DAY + timedelta(days=received), "quantity": quantity, "unit_cost": cost}
            self.tables["receipts"].append(row | {"loaded_at": OPENING_DAY + timedelta(days=loaded)})
        self._sell("LATE-3", "LATE", "MAIN", OPENING_DAY + timedelta(days=20), 12)

    def _sell(self, document: str, item: str, place: str, moment: datetime, quantity: str | Decimal) -> None:
        row = {"order_id": document, "line_no": 1, "item_id": item, "location_id": place, "sold_at": moment}
        self.tables["sales"].append(row | {"quantity": quantity, "unit_price": 1})

    def _enter(self, case: dict, expectation: dict, item: str) -> None:
        """The documents that had been entered when the case looks at its stock."""
        last, as_of = expectation["after_seq"], expectation.get("as_of_entry", len(case["movements"]))
        movements = [m for m in case["movements"] if m["seq"] <= last and m.get("entry", m["seq"]) <= as_of]
        # A receipt's zero cost is a missing one by the input contract; opening stock may be free.
        opens = case["id"] == "fifo-odoo-zero-cost-return"
        standard, quantity, value, receipts = case.get("initial_unit_cost"), Decimal(0), Decimal(0), []
        for movement in movements:
            seq, kind = movement["seq"], movement["kind"]
            document, moment = f"{item}-{seq}", FIRST_DAY + timedelta(days=1, hours=seq)
            place, count = movement.get("location", "MAIN"), Decimal(movement.get("qty", 0))
            cost = smallest_units(case, movement["unit_cost"]) if "unit_cost" in movement else None
            common = {"item_id": item, "location_id": place, "quantity": count, "unit_cost": cost}
            if kind == "receipt" and opens:
                received = OPENING_DAY - timedelta(days=10 - seq)
                self.tables["opening_stock"].append(
                    common | {"as_of": OPENING_DAY.date(), "received_on": received.date()}
                )
            elif kind == "receipt":
                self.tables["receipts"].append({"receipt_id": document, "line_no": 1, "received_at": moment} | common)
                receipts.append((document, count))
                value += count * (cost or 0)
            elif kind in ("issue", "sale"):
                self._sell(document, item, place, moment, count)
                count = -count
            elif kind == "customer_return":
                row = {"return_id": document, "line_no": 1, "returned_at": moment, "disposition": "restock"}
                order = {"order_id": f"{item}-{movement['ref_seq']}", "unit_cost": None}
                self.tables["customer_returns"].append(row | common | order)
            elif kind in ("adjustment_in", "adjustment_out", "supplier_return", "count"):
                if kind == "count":
                    count -= quantity
                elif kind != "adjustment_in":
                    count, common["unit_cost"] = -count, None
                reason = {"adjustment_in": "found", "adjustment_out": "damage"}.get(kind, kind)
                row = {"adjustment_id": document, "adjusted_at": moment, "reason": reason}
                self.tables["stock_adjustments"].append(common | row | {"quantity": count})
            elif kind in ("transfer", "shipment"):
                row = {"transfer_id": document, "item_id": item, "from_location_id": place, "quantity": count}
                row |= {"to_location_id": movement["to_location"], "shipped_at": moment}
                received = moment + timedelta(minutes=1) if kind == "transfer" else None
                self.tables["transfers"].append(row | {"received_at": received})
                count = Decimal(0)
            elif kind == "landed_cost":
                amount = smallest_units(case, movement["value"])
                self._adjust(document, moment, [(f"{item}-{movement['ref_seq']}", amount)])
            elif kind == "standard_price_change" and (case["method"] == "standard" or not quantity):
                standard = movement["unit_cost"]
            else:  # revaluation: of all that is on hand, entered on the receipts that brought it
                change = quantity * cost - value if cost else smallest_units(case, movement["value"])
                value += change
                cents, done, shares = int(change.scaleb(4)), 0, []
                for number, (receipt, _) in enumerate(receipts, 1):
                    upto = round(cents * number / len(receipts))
                    shares.append((receipt, Decimal(upto - done).scaleb(-4)))
                    done = upto
                self._adjust(document, moment, shares)
            quantity += count
        if "unit_cost" in expectation and not quantity:  # nothing on hand: what would the next one cost?
            self._sell(f"{item}-next", item, "MAIN", FIRST_DAY + timedelta(days=20), 1)
        if standard is not None:
            standard = smallest_units(case, standard)
        row = {"item_id": item, "description": f"Lamp {item}", "category": "Lamps", "standard_cost": standard}
        self.tables["items"].append(row)

    def _adjust(self, document: str, moment: datetime, shares: list[tuple[str, Decimal]]) -> None:
        for number, (receipt, amount) in enumerate(shares, 1):
            row = {"adjustment_id": f"{document}-{number}", "receipt_id": receipt, "line_no": 1, "amount": amount}
            row |= {"adjusted_at": moment, "kind": "landed_cost"}
            self.tables["receipt_cost_adjustments"].append(row)


class Costs:
    """What the build says about every item."""

    def __init__(self, database: Path):
        with duckdb.connect(str(database), read_only=True) as connection:
            stock = connection.execute(
                "select item_id, location_id, costing_method, quantity, cost_value, unit_cost, valuation_date"
                " from costing.inventory_costs"
            ).fetchall()
            self.stock = {row[:3]: row[3:6] for row in stock if row[6].month == FIRST_DAY.month}
            self.opening = {row[:3]: row[3:6] for row in stock if row[6].month == OPENING_DAY.month}
            self.layers = defaultdict(list)
            for item, place, *layer in connection.execute(
                "select item_id, location_id, quantity, fifo_value from costing.cost_layers"
                " where valuation_date = '2024-03-31' order by item_id, location_id, layer_number"
            ).fetchall():
                self.layers[item, place].append(tuple(layer))
            self.movements = {
                row[:2]: row[2:]
                for row in connection.execute(
                    "select regexp_extract(movements.document_id, '^[A-Z]+[0-9]*-[a-z0-9]+'), costing_method,"
                    " sum(value_change), sum(variance_amount), min(issue_costs.posted_on)"
                    " from costing.issue_costs inner join core.movements using (movement_number) group by 1, 2"
                ).fetchall()
            }


def facts(case: dict, number: int, items: dict, costs: Costs) -> tuple[dict, dict]:
    """What a case expects at one point, and what the build says, in the case's words."""
    expectation = case["expect"][number]
    item, method = items[case["id"], case["method"], number], METHODS.get(case["method"], case["method"])
    place = expectation.get("pool", "MAIN")
    quantity, value, unit_cost = costs.stock.get((item, place, method), (Decimal(0), Decimal(0), None))
    document = f"{item}-{expectation.get('of_seq', expectation['after_seq'])}"
    change, variance, _ = costs.movements.get((document, method), (None, None, None))
    if change is None and "value_change" in expectation:  # a new standard is no movement
        change = value - costs.stock[items[case["id"], case["method"], number - 1], place, method][1]
    if f"{item}-next" in {key[0] for key in costs.movements}:
        unit_cost = -costs.movements[f"{item}-next", method][0]
        quantity, value = quantity + 1, value + unit_cost
    found = {
        "qty_on_hand": quantity,
        "value": value,
        "unit_cost": None if unit_cost is None else unit_cost.quantize(Decimal("0.0001"), ROUND_HALF_UP),
        "issue_cost": None if change is None else -change,
        "value_change": change,
        "variance": variance,
        "layers": costs.layers[item, place],
    }
    expected = {name: expectation[name] for name in found if name in expectation}
    for name, amount in expected.items():
        if name == "qty_on_hand":
            expected[name] = Decimal(amount)
        elif name == "layers":
            expected[name] = [(Decimal(q), smallest_units(case, Decimal(q) * Decimal(c))) for q, c in amount]
        else:
            expected[name] = smallest_units(case, amount)
    if method != "fifo":
        expected.pop("layers", None)  # our layers are FIFO whatever the method
    return expected, {name: found[name] for name in expected}
