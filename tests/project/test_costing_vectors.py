"""Costing cases of other systems, through the whole pipeline: input tables in, costs out.

The cases are facts taken from the tests of open-source ERPs; their ids and `source` name them. One build of one
company answers all of them.
"""

from __future__ import annotations

import json

import pytest
from building import ROOT, run_dbt
from costing_cases import FIRST_DAY, Company, Costs, facts

VECTORS = ROOT.parent / "shared/data/costing_vectors.json"

# Cases and expectations (by position) whose policy is not ours; docs/costing.md says the same to readers.
OTHER_POLICIES = {
    "fifo-sales-return-then-landed-cost-2": ("landed cost reopens issues", {2, 3, 4}),
    "fifo-purchase-return-then-landed-cost": ("landed cost reopens issues", {1}),
    "fifo-lc-partly-gone-recost": ("landed cost reopens issues", {0}),
    "ma-lc-partly-gone-recost": ("landed cost reopens issues", {0}),
    "ma-lc-partly-gone-share": ("landed cost follows the receipt's own units under the average too", {0}),
    "ma-idem-backdated-receipt-lc-zero-partial": ("landed cost goes to any stock on hand", {2, 3, 4}),
    "ma-idem-backdated-shipment-lc-zero": ("landed cost goes to any stock on hand", {0}),
    "ma-idem-backdated-shipment-lc-partial": ("landed cost goes to any stock on hand", {2}),
    "ma-idem-backdated-shipment-lc-zero2": ("landed cost goes to any stock on hand", {0}),
    "fifo-odoo-delivery-return-current": ("returns come back at the current cost", {0}),
    "ma-erp-supplier-return-original-negative-value": ("supplier returns may leave negative value", {0}),
    "ma-tryton-negative": ("a receipt revalues the negative stock that it does not cover", {1}),
    "ma-negative-blend-contrast": ("receipts blend with negative stock", {0}),
}

# Policies of ours for which the published cases have no example, in the form of those.
OWN_CASES = [
    {
        "id": "late-landed-cost-follows-a-transfer",
        "method": method,
        "policy": {},
        "movements": [
            {"seq": 1, "kind": "receipt", "qty": "10", "unit_cost": "10", "location": "A"},
            {"seq": 2, "kind": "transfer", "qty": "6", "location": "A", "to_location": "B"},
            {"seq": 3, "kind": "issue", "qty": "1", "location": "A"},
            {"seq": 4, "kind": "issue", "qty": "2", "location": "B"},
            {"seq": 5, "kind": "landed_cost", "value": "20", "ref_seq": 1},
        ],
        "expect": [
            {"after_seq": 5, "pool": "A", "qty_on_hand": "3", "value": "36", "variance": "6"},
            {"after_seq": 5, "pool": "B", "qty_on_hand": "4", "value": "48"},
        ],
    }
    for method in ("fifo", "lifo", "moving_average")
] + [
    {
        "id": "standard-without-a-standard-cost-stands-at-the-average",
        "method": "standard",
        "policy": {},
        "movements": [
            {"seq": 1, "kind": "receipt", "qty": "10", "unit_cost": "10"},
            {"seq": 2, "kind": "receipt", "qty": "10", "unit_cost": "20"},
            {"seq": 3, "kind": "issue", "qty": "15"},
        ],
        "expect": [{"after_seq": 3, "qty_on_hand": "5", "value": "75", "issue_cost": "225"}],
    }
]


def published_cases() -> list[dict]:
    return json.loads(VECTORS.read_text()) if VECTORS.exists() else []


@pytest.fixture(scope="module")
def company() -> Company:
    return Company([*published_cases(), *OWN_CASES])


@pytest.fixture(scope="module")
def costs(company, tmp_path_factory) -> Costs:
    folder = tmp_path_factory.mktemp("costing_vectors")
    tables = folder / "tables"
    tables.mkdir()
    models = ("+inventory_costs", "+issue_costs", "+cost_layers")
    words = ("build", "--select", *models, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    code, output = run_dbt(folder, *words, source_path=str(company.write(tables)))
    assert code == 0, output[-6000:]
    return Costs(folder / "build.duckdb")


def name_of(case: dict) -> str:
    return case["id"] if "source" in case else f"{case['id']}-{case['method']}"


ABSENT = pytest.mark.skip(reason=f"the published costing cases are kept outside the project, in {VECTORS}")


@pytest.mark.parametrize(
    "case", published_cases() or [pytest.param({"id": "none", "source": ""}, marks=ABSENT)], ids=name_of
)
def test_a_published_case_comes_out_to_the_last_digit(case, company, costs):
    policy, others = OTHER_POLICIES.get(case["id"], ("", set()))
    for number in range(len(case["expect"])):
        expected, found = facts(case, number, company.items, costs)
        if number in others:
            assert found != expected, f"is this another policy than ours: {policy}?"
        else:
            assert found == expected, case["expect"][number]


@pytest.mark.parametrize("case", OWN_CASES, ids=name_of)
def test_a_case_of_our_own_policy(case, company, costs):
    for number in range(len(case["expect"])):
        expected, found = facts(case, number, company.items, costs)
        assert found == expected, case["expect"][number]


@pytest.mark.parametrize("method", ["fifo", "lifo", "weighted_average", "standard"])
def test_a_fact_known_after_its_month_is_posted_in_the_next_and_leaves_the_closed_month_alone(method, costs):
    position = ("LATE", "MAIN", method)
    assert costs.opening[position][:2] == (-2, -20)
    assert costs.movements["LATE-2", method] == (80, 20, FIRST_DAY.date())
    assert costs.stock[position][:2] == (3, 60)
