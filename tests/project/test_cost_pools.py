"""Costs formed over several positions: by hand, and in the small company as the library costs one place."""

from __future__ import annotations

import duckdb
import pytest
from building import run_dbt
from costing_cases import Company, Costs, facts

from inventory_valuation.costing.costs import LEDGER_COLUMNS, cost_movements

# Two spellings of one region; MAIN and D have none.
REGIONS = {"MAIN": None, "A": "West", "B": "west", "C": "East", "D": None}
UNDER_WAY = "under way"
LAYERED = ("fifo", "lifo", "moving_average")


def receipt(quantity, cost, place):
    return {"kind": "receipt", "qty": quantity, "unit_cost": cost, "location": place}


def issue(quantity, place):
    return {"kind": "issue", "qty": quantity, "location": place}


def move(kind, quantity, place, other):
    return {"kind": kind, "qty": quantity, "location": place, "to_location": other}


def landed(value, receipt):
    return {"kind": "landed_cost", "value": value, "ref_seq": receipt}


# Costed by region: what happened, and by method what the last movement cost and what is where.
STORIES = {
    "one-average-for-two-locations": (
        [receipt(10, 10, "A"), receipt(10, 20, "B"), move("transfer", 4, "A", "B"), issue(6, "B")],
        {
            "moving_average": {"issue_cost": 90, "A": (6, 90), "B": (8, 120)},
            "fifo": {"issue_cost": 60, "A": (6, "102.8571"), "B": (8, "137.1429")},
            "lifo": {"issue_cost": 120, "A": (6, "77.1429"), "B": (8, "102.8571")},
        },
    ),
    "an-issue-takes-the-oldest-receipt-of-its-region": (
        [receipt(10, 10, "A"), receipt(10, 20, "B"), issue(6, "B")],
        {"fifo": {"issue_cost": 60, "A": (10, "171.4286"), "B": (4, "68.5714")}},
    ),
    "stock-below-zero-is-covered-by-another-location": (
        [receipt(5, 8, "A"), receipt(1, 20, "B"), issue(3, "B")],
        {
            "moving_average": {"issue_cost": 30, "A": (5, 50), "B": (-2, -20)},
            "fifo": {"issue_cost": 24, "A": (5, 60), "B": (-2, -24)},
            "lifo": {"issue_cost": 36, "A": (5, 40), "B": (-2, -16)},
        },
    ),
    "a-late-cost-is-the-pools": (
        [receipt(10, 10, "A"), move("transfer", 6, "A", "B"), issue(1, "A"), issue(2, "B"), landed(20, 1)],
        {method: {"variance": 6, "A": (3, 36), "B": (4, 48)} for method in LAYERED},
    ),
    "what-is-under-way-within-a-pool-has-its-share": (
        [receipt(9, 10, "A"), move("shipment", 3, "A", "B"), landed(9, 1)],
        {method: {"variance": 0, "A": (6, 66), UNDER_WAY: (3, 33)} for method in LAYERED},
    ),
    "a-pool-without-stock-has-no-cost-to-share": (
        [receipt(2, 5, "A"), issue(2, "B")],
        {method: {"issue_cost": 10, "A": (2, 0), "B": (-2, 0)} for method in LAYERED},
    ),
    "a-transfer-to-another-region-carries-the-cost-of-its-own": (
        [receipt(10, 10, "A"), receipt(10, 20, "C"), move("transfer", 5, "B", "C"), issue(7, "C")],
        {
            "fifo": {"issue_cost": 140, "A": (10, 100), "B": (-5, -50), "C": (8, 110)},
            "moving_average": {"issue_cost": "116.6667", "A": (10, 100), "B": (-5, -50), "C": (8, "133.3333")},
        },
    ),
    "a-location-without-a-region-is-a-pool-of-its-own": (
        [receipt(4, 7, "D"), receipt(4, 9, "MAIN"), issue(1, "D")],
        {method: {"issue_cost": 7, "MAIN": (4, 36), "D": (3, 21)} for method in LAYERED},
    ),
}


def costing_cases() -> list[dict]:
    """The stories in the form of costing cases, with an expectation for each place."""
    found = []
    for name, (movements, by_method) in STORIES.items():
        numbered = [movement | {"seq": number} for number, movement in enumerate(movements, 1)]
        for method, expected in by_method.items():
            of_last = {key: value for key, value in expected.items() if key in ("issue_cost", "variance")}
            places = [
                {"after_seq": len(movements), "pool": place, "qty_on_hand": held[0], "value": held[1]} | of_last
                for place, held in expected.items()
                if place not in of_last
            ]
            found.append({"id": name, "method": method, "policy": {}, "movements": numbered, "expect": places})
    return found


@pytest.fixture(scope="module")
def company_of_stories() -> Company:
    return Company(costing_cases(), REGIONS)


@pytest.fixture(scope="module")
def costs(company_of_stories, tmp_path_factory) -> Costs:
    folder = tmp_path_factory.mktemp("pools")
    tables = folder / "tables"
    tables.mkdir()
    words = ("build", "--select", "+in_transit", "+cost_layers", "--exclude-resource-type", "test", "unit_test")
    source = str(company_of_stories.write(tables))
    code, output = run_dbt(folder, *words, source_path=source, cost_pool="region")
    assert code == 0, output[-6000:]
    costs = Costs(folder / "build.duckdb")
    with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
        for item, method, *held in connection.execute(
            "select item_id, costing_method, quantity, cost_value from costing.in_transit"
            " where valuation_date = '2024-03-31'"
        ).fetchall():
            costs.stock[item, UNDER_WAY, method] = (*held, None)
    return costs


@pytest.mark.parametrize("name", STORIES)
def test_a_pool_is_costed_as_one_and_shared_by_quantity(name, company_of_stories, costs):
    for case in costing_cases():
        for number in range(len(case["expect"]) if case["id"] == name else 0):
            expected, found = facts(case, number, company_of_stories.items, costs)
            assert found == expected, (case["method"], case["expect"][number])


def test_a_whole_company_as_one_pool_costs_what_the_library_makes_of_one_place(rebuilt):
    with duckdb.connect(rebuilt[0].folder / "build.duckdb", read_only=True) as connection:
        movements = connection.execute(
            "select * replace ('everywhere' as location_id) from core.movements"
            " where movement_type not in ('transfer_out', 'transfer_in') order by movement_number"
        ).to_arrow_table()
        standards = connection.execute("select item_id, standard_cost from core.items").to_arrow_table()
        held = connection.execute(
            "select item_id, costing_method, sum(cost_value)"
            " from (from costing.inventory_costs union all by name from costing.in_transit)"
            " where valuation_date = (select max(valuation_date) from core.on_hand) and costing_method <> 'standard'"
            " group by all having sum(cost_value) <> 0 order by all"
        ).fetchall()
        connection.register("costed", cost_movements(movements.select(LEDGER_COLUMNS), standards))
        expected = connection.execute(
            "select item_id, costing_method, sum(value_change) from costed inner join core.movements"
            " using (movement_number) where costing_method <> 'standard'"
            " group by all having sum(value_change) <> 0 order by all"
        ).fetchall()
    assert len(held) > 60
    assert held == expected
