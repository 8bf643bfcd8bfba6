"""The first day of a new user, as the README walks it: from empty files to a month that is approved and booked.

A company of 24 items, two sites and twenty months, with German files, is filled into the template, checked and built
under the vars that the README gives and four ageing buckets. Two positions and the period are decided on in the
workbook, the journal is handed over, the next month is delivered, and the first one is closed. Then it has to stand as
it was booked.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from building import ROOT, run_jobs
from other_policies import write_seeds
from test_workbook import fill

from inventory_valuation.cli import main
from inventory_valuation.publishing.memory import remember_publication
from inventory_valuation.publishing.workbook import PERIODS, QUEUE, export_workbook, import_workbook

FIRST, MONTH, NEXT = date(2024, 4, 1), date(2025, 11, 30), date(2025, 12, 31)
SITES = ("Hof", "Köln")
DOLLAR = Decimal("0.9")
README = (ROOT / "README.md").read_text()
POLICIES = yaml.safe_load(re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1])
PILOT = POLICIES["pilot_category"]
SEEDS = {
    "ageing_policy": "bucket,from_days,to_days,reserve_rate\n1,0,60,0\n2,61,180,0.1\n3,181,365,0.4\n4,366,,0.8\n",
    "approvers": "approver,approver_role\nm.keller,controller\n",
    "opening_reserves": "category,amount\n*,100\n",
}
DECISION = {
    "decision": "approved",
    "approver": "m.keller",
    "approver_role": "controller",
    "decided_on": datetime(2025, 12, 3),
}
REQUEST = {
    "override_amount": 12.5,
    "reason_code": "QUALITY",
    "rationale": "Rust on half of the boxes.",
    "requested_by": "t.weber",
    "requested_on": datetime(2025, 12, 2),
}
WITHOUT_TESTS = ["--exclude-resource-type", "test", "unit_test"]
# All that this test looks at, with all that it is made of: two thirds of the project. Other tests build the whole.
LOOKED_AT = ["+review_queue", "+close_status", "+reserve_review", "+calendar", "+journals", "journal_layouts"]
# What a decision changes, as far as this test looks.
DECIDED = [
    *("stg_reserve_overrides", "stg_reserve_approvals", "int_unused_rows", "governance"),
    *("books", "int_lost_decisions", "tie_outs", "close_status"),
]


@dataclass
class Company:
    """What happened in a company, up to the end of the second month.

    Attributes:
        items: rows of the table.
        receipts: day and row of each.
        sales: the same.
    """

    items: list[dict]
    receipts: list[tuple[date, dict]]
    sales: list[tuple[date, dict]]

    def costs(self, through: date) -> dict[str, Decimal]:
        """Stock at cost by site, first in first out, calculated apart from the project."""
        layers: dict[tuple[str, str], list[list[Decimal]]] = defaultdict(list)
        for day, row in self.receipts:
            if day <= through:
                layers[row["item_id"], row["location_id"]].append([row["quantity"], row["unit_cost"] * DOLLAR])
        for day, row in self.sales:
            left = row["quantity"] if day <= through else 0
            for layer in layers[row["item_id"], row["location_id"]]:
                taken = min(left, layer[0])
                layer[0], left = layer[0] - taken, left - taken
        costs = dict.fromkeys(SITES, Decimal(0))
        for (_, site), open_layers in layers.items():
            costs[site] += sum(quantity * cost for quantity, cost in open_layers)
        return costs


def trade() -> Company:
    """What a company did: what sells well and what stops selling, at both sites."""
    chance = random.Random(17)
    company = Company([], [], [])
    for number in range(24):
        category = ("Pumps", "Seals", PILOT)[number % 3]
        item, cost = f"{category[0]}-{number}x1.25", Decimal(chance.randint(10, 900)) / 100
        company.items.append({"item_id": item, "description": f"{category} für {number} bar", "category": category})
        for site in SITES:
            ends, stock, day, lines = chance.choice([150, 400, 900, 900]), 0, 3, 0
            while (moved := FIRST + timedelta(day)) <= NEXT:
                lines += 1
                named = {"line_no": 1, "item_id": item, "location_id": site}
                if stock < 20 and day < ends:
                    bought = {"quantity": Decimal(chance.randint(40, 90)), "unit_cost": cost + Decimal(lines) / 1000}
                    receipt = {"receipt_id": f"W{number}{site[0]}{lines}", **named, "received_at": moved, **bought}
                    company.receipts.append((moved, receipt | {"currency": "USD"}))
                    stock += int(bought["quantity"])
                sold = min(stock, chance.randint(0, 9)) if day < ends else 0
                if sold:
                    paid = {"quantity": Decimal(sold), "unit_price": cost * 2, "currency": "EUR"}
                    company.sales.append(
                        (moved, {"order_id": f"A{number}{site[0]}{lines}", **named, "sold_at": moved, **paid})
                    )
                    stock -= sold
                day += 7
    return company


def deliver(company: Company, folder: Path, through: date) -> None:
    """Fill the files of a template as a German system exports them: 12,000 are twelve pieces, 0,0340 euros a price."""
    tables = {
        "items": company.items,
        "locations": [{"location_id": site} for site in SITES],
        "receipts": [row for day, row in company.receipts if day <= through],
        "sales": [row for day, row in company.sales if day <= through],
        "fx_rates": [{"currency": "USD", "rate_on": FIRST, "rate_to_reporting": DOLLAR}],
    }
    for file in folder.glob("*.csv"):
        if file.stem not in tables:
            file.unlink()
            continue
        columns = file.read_text(encoding="cp1252").splitlines()[0].replace(";", ",").split(",")
        with file.open("w", newline="", encoding="cp1252") as target:
            writer = csv.DictWriter(target, columns, delimiter=";")
            writer.writeheader()
            writer.writerows({name: _written(name, value) for name, value in row.items()} for row in tables[file.stem])


def _written(name: str, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.{3 if name == 'quantity' else 4}f}".replace(".", ",")
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value)


@dataclass
class Day:
    """The files of the walk: the delivery, and what was built before a decision, after it, a month later and closed."""

    company: Company
    folder: Path
    queue: list[tuple]

    def rows(self, state: str, query: str, *values: object) -> list[tuple]:
        """The rows of a query on what stood at a state of the walk: `proposed`, `decided`, `later`, `closed`."""
        with duckdb.connect(self.folder / f"{state}.duckdb", read_only=True) as connection:
            return connection.execute(query, values).fetchall()


def build(folder: Path, name: str, delivery: Path, seeds: Path, selected: list[str]) -> None:
    """Build on in the same file, and keep a copy of it under a name."""
    job = {
        "name": name,
        "database": str(folder / "build.duckdb"),
        "words": ["build", "--select", *selected, *WITHOUT_TESTS],
        "variables": POLICIES | {"source_path": str(delivery)},
        "seeds": str(seeds),
    }
    answer = run_jobs(folder, [job])[name]
    assert answer["success"], answer["said"][-4000:]
    (folder / f"{name}.duckdb").write_bytes((folder / "build.duckdb").read_bytes())


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Day:
    folder = tmp_path_factory.mktemp("first_day")
    delivery, proposed, workbook = folder / "extract", folder / "proposed.duckdb", folder / "review.xlsx"
    company, seeds = trade(), write_seeds(folder / "policies", SEEDS)
    assert main(["template", str(delivery)]) == 0
    deliver(company, delivery, MONTH)
    assert main(["check", str(delivery), "--vars", json.dumps(POLICIES)]) == 0
    build(folder, "proposed", delivery, seeds, LOOKED_AT)
    export_workbook(proposed, workbook)
    fill(workbook, QUEUE, 2, REQUEST | DECISION)
    fill(workbook, QUEUE, 3, DECISION)
    fill(workbook, PERIODS, 2, DECISION)
    overrides, approvals, faults = import_workbook(workbook, proposed, delivery)
    assert (overrides, approvals, faults) == (1, 3, [])
    with duckdb.connect(proposed, read_only=True) as connection:
        queue = connection.execute(
            "select item_id, location_id, proposed_amount from marts.review_queue order by review_rank limit 2"
        ).fetchall()
    build(folder, "decided", delivery, seeds, DECIDED)
    deliver(company, delivery, NEXT)
    build(folder, "later", delivery, seeds, LOOKED_AT)
    # A build of a part publishes nothing, so this says what the README's whole one would.
    with duckdb.connect(folder / "build.duckdb") as connection:
        remember_publication(connection, "later", POLICIES["set_of_books"])
    words = ["close", str(MONTH), "--by", "m.keller", "--database", str(folder / "build.duckdb")]
    assert main([*words, "--into", str(folder / "published.sealed")]) == 0
    build(folder, "closed", delivery, seeds, DECIDED)
    return Day(company, folder, queue)


def test_the_walk_is_that_of_the_readme():
    """What is done here in the process, its commands do: their order is that of the fixture."""
    walk = README[README.index("## Your first day") :]
    steps = ["template", "check", *(["build"] * 4), "workbook", "workbook-import", "build", "journal", "build", "close"]
    assert re.findall(r"^make ([\w-]+)", walk, re.MULTILINE) == steps
    assert {"costing_method", "accounting_framework", "fiscal_year_start_month", "pilot_category"} <= POLICIES.keys()
    assert {f"seeds/{name}.csv" for name in SEEDS} <= set(re.findall(r"seeds/\w+\.csv", walk))


@pytest.mark.parametrize(("state", "end"), [("proposed", MONTH), ("later", MONTH), ("later", NEXT)])
def test_stock_at_cost_is_that_of_an_independent_calculation_by_site(day, state, end):
    query = """select location_id, round(sum(cost_value), 2) from costing.inventory_costs
        where valuation_date = ? and costing_method = 'fifo' group by all"""
    costs = {site: cost.quantize(Decimal("0.01")) for site, cost in day.company.costs(end).items()}
    assert dict(day.rows(state, query, end)) == costs
    reviewed = day.rows(state, "select sum(cost_value) from marts.reserve_review where period_end = ?", end)
    assert round(reviewed[0][0], 2) == round(sum(day.company.costs(end).values()), 2)


def test_the_policies_of_the_company_take_effect(day):
    fiscal = "select fiscal_year, fiscal_period from marts.calendar where period_end = ?"
    assert day.rows("proposed", fiscal, MONTH) == [(2026, 8)]
    assert day.rows("proposed", "select distinct framework, currency from marts.reserve_review") == [("ifrs", "EUR")]
    pilot = (
        "select category, method from governance.reserve_decisions inner join core.items using (item_id) group by all"
    )
    methods = dict(day.rows("proposed", pilot))
    assert methods.pop(PILOT) != "static_ageing" and set(methods.values()) == {"static_ageing"}
    ageing = """
        select distinct item_id, location_id, reserve_amount,
            sum(cast(layers.cost_value * policy.reserve_rate as decimal(18, 4)))
                over (partition by item_id, location_id)
        from costing.cost_layers as layers
        inner join policy.ageing_policy as policy
            on layers.age_days between policy.from_days and coalesce(policy.to_days, 99999)
        inner join valuation.reserve_estimates as estimates using (item_id, location_id, valuation_date)
        where method = 'static_ageing' and valuation_date = ?"""
    rows = day.rows("proposed", ageing, MONTH)
    assert len(rows) > 20 and all(abs(reserve - by_hand) < Decimal("0.01") for _, _, reserve, by_hand in rows)


def test_two_positions_and_the_period_are_approved_and_booked(day):
    statuses = """select decision_status, is_booked, decided_amount from governance.reserve_decisions
        where item_id = ? and location_id = ? and period_end = ?"""
    (asked, *_), (approved, _, proposed) = day.queue
    assert day.rows("decided", statuses, asked, day.queue[0][1], MONTH)[0][1:] == (True, Decimal("12.5"))
    assert day.rows("decided", statuses, approved, day.queue[1][1], MONTH)[0][1:] == (True, proposed)
    booked = "select period_status, booked_amount, decided_amount from marts.close_status where period_end = ?"
    status, amount, decided = day.rows("decided", booked, MONTH)[0]
    assert (status, amount) == ("approved", decided) and amount > 0


def test_the_journal_is_of_the_framework_of_the_build_and_balances(day):
    file = day.folder / "journal.csv"
    words = ["journal", "--period", str(MONTH), "--database", str(day.folder / "decided.duckdb"), "--out", str(file)]
    assert main(words) == 0
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["framework"] for row in rows} == {"ifrs"} and {row["currency"] for row in rows} == {"EUR"}
    debits, credits = (sum(Decimal(row[side]) for row in rows) for side in ("debit", "credit"))
    assert debits == credits > 0
    change = """select sum(closing_amount), sum(opening_amount) from books.reserve_rollforward
        where period_end = ? and framework = 'ifrs'"""
    account = {"1490": Decimal(0)}
    for row in rows:
        if row["account"] in account:
            account[row["account"]] += Decimal(row["credit"]) - Decimal(row["debit"])
    closing, opening = day.rows("decided", change, MONTH)[0]
    assert abs(account["1490"] - (closing - opening)) < Decimal("0.01")


@pytest.mark.parametrize("state", ["later", "closed"])
def test_a_month_later_the_first_one_is_still_approved_and_booked_to_the_last_unit(day, state):
    status = "select period_status, booked_amount from marts.close_status where period_end = ?"
    assert day.rows(state, status, MONTH) == day.rows("decided", status, MONTH)
    for name in ("reserve_rollforward", "journal_lines"):
        booked = f"select * from books.{name} where period_end = ? order by all"
        assert day.rows(state, booked, MONTH) == day.rows("decided", booked, MONTH) != []
    opening = "select sum(opening_amount) from books.reserve_rollforward where period_end = ? and framework = 'ifrs'"
    closing = opening.replace("opening_amount", "closing_amount")
    assert day.rows(state, opening, NEXT) == day.rows(state, closing, MONTH)
    assert day.rows(state, "select next_step from marts.close_status where period_end = ?", NEXT) != [(None,)]


def test_the_first_month_is_closed_by_the_act_alone_and_the_status_says_how(day):
    status = "select is_closed, next_step from marts.close_status where period_end = ?"
    assert day.rows("later", status, MONTH) == [(False, f"make close PERIOD={MONTH} BY=<who closes it>")]
    assert day.rows("closed", status, MONTH) == [(True, "closed")]
    closed_by = "select distinct closed_by from books.closed_periods where is_closed"
    assert day.rows("closed", closed_by) == [("m.keller",)]
