"""The shape of the house: references go down, every public relation says and proves its grain."""

import csv
import re
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    *("staging", "core", "costing", "outcomes", "features", "forecasting", "nrv", "learning"),
    *("valuation", "planning", "governance", "books", "monitoring", "marts"),
)


@pytest.fixture(scope="module")
def models(manifest):
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer_of(node) -> str:
    return PurePath(node["original_file_path"]).parts[1]


def has_primary_key(node) -> bool:
    return any(constraint["type"] == "primary_key" for constraint in node["constraints"])


def test_references_only_go_down(models):
    for child in models.values():
        for key in child["depends_on"]["nodes"]:
            if key in models:
                parent = models[key]
                assert LAYERS.index(layer_of(parent)) <= LAYERS.index(layer_of(child)), (
                    f"{child['name']} reaches up to {parent['name']}"
                )


def test_the_folders_of_staging_are_read_in_their_order(models):
    page = (ROOT / "docs/data_quality.md").read_text()
    order = re.findall(r"`(\w+)`", re.search(r"in this order: ([^.]*)", page)[1])
    staging = {key: node for key, node in models.items() if layer_of(node) == "staging"}
    folders = {key: PurePath(node["original_file_path"]).parts[2] for key, node in staging.items()}
    for key, folder in folders.items():
        for parent in models[key]["depends_on"]["nodes"]:
            if parent in folders:
                assert order.index(folders[parent]) <= order.index(folder), f"{key} reaches up to {parent}"


def test_only_staging_reads_what_is_delivered_and_only_the_books_what_was_closed(models):
    """Governance and the log ask besides how far the books are closed."""
    readers: dict[str, set[str]] = {}
    for child in models.values():
        for key in (key for key in child["depends_on"]["nodes"] if key.startswith("source.")):
            readers.setdefault(".".join(key.split(".")[2:]), set()).add(layer_of(child))
    delivered = {layer for name, layers in readers.items() if not name.startswith("sealed.") for layer in layers}
    assert delivered == {"staging"}
    assert readers.pop("sealed.closings") == {"governance", "books", "monitoring"}
    closed = [layers for name, layers in readers.items() if name.startswith("sealed.")]
    assert closed == [{"books"}] * 5


def test_a_folder_is_a_schema(models):
    for node in models.values():
        assert node["schema"] == layer_of(node), node["name"]


def test_every_model_and_seed_says_its_grain_first(manifest):
    for node in manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed"):
            assert node["description"].startswith("One row per"), node["name"]


def test_every_model_and_column_is_described(models):
    undescribed = []
    for node in models.values():
        for column in node["columns"].values():
            if not column["description"]:
                undescribed.append((node["name"], column["name"]))
    assert undescribed == []


def test_what_is_published_is_listed_and_no_more_than_seventy_relations(manifest):
    """docs/house.md lists by schema what people and reports read."""
    page = (ROOT / "docs/house.md").read_text().split("## Published")[1]
    listed = {
        (schema, name)
        for schema, names in re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    published = {
        (node["schema"], node["alias"])
        for node in manifest["nodes"].values()
        if node["config"].get("access") == "public" or node["config"]["meta"].get("public")
    }
    assert listed == published
    assert f"the {len(published)} relations" in " ".join(page.split())
    assert len(published) <= 70


def test_every_public_relation_proves_its_grain(manifest, models):
    """A view proves it where it is asked: test_build.py asks the trace."""
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "unique_grain"
    }
    constrained = {key for key, node in models.items() if has_primary_key(node)}
    public = {key for key, node in models.items() if node["config"]["access"] == "public"}
    assert {models[key]["name"] for key in public - tested - constrained} == {"reserve_trace"}
    assert {models[key]["name"] for key in tested & constrained} == set(), "a primary key needs no test beside it"


def test_books_and_marts_are_under_contract(models):
    for node in models.values():
        if layer_of(node) in ("books", "marts") and node["config"]["access"] == "public":
            assert node["config"]["contract"]["enforced"], node["name"]


def test_amounts_name_their_currency_and_quantities_their_unit(models):
    """Of marts, whose columns are contracts: money is of four or ten decimals, quantities are of six."""
    for node in models.values():
        if layer_of(node) == "marts" and node["config"]["access"] == "public":
            types = {column["name"]: column["data_type"] for column in node["columns"].values()}
            if {"decimal(18, 4)", "decimal(38, 4)", "decimal(24, 10)"} & set(types.values()):
                assert "currency" in types, node["name"]
            if {"decimal(18, 6)", "decimal(38, 6)"} & set(types.values()):
                assert "unit_of_measure" in types, node["name"]
                assert "item_id" in types, f"{node['name']} adds quantities up over items"


def test_python_models_are_doorways(models):
    for node in models.values():
        if node["language"] == "python":
            assert len(node["raw_code"].splitlines()) <= 20, node["name"]


def test_the_fixed_columns_of_the_house_are_there(models):
    fixed = {
        "inventory_costs": "item_id location_id valuation_date costing_method quantity cost_value unit_cost",
        "realised_outcomes": "item_id location_id valuation_date horizon_months quantity cost_value sold_quantity "
        "written_off_quantity unsold_quantity realised_loss realised_loss_rate sell_through is_obsolete",
        "reserve_estimates": "item_id location_id valuation_date method quantity cost_value reserve_amount "
        "reserve_lower_amount reserve_upper_amount",
        "predictions": "item_id location_id valuation_date run_id obsolescence_probability expected_loss_rate "
        "loss_rate_lower loss_rate_upper expected_demand_quantity expected_net_price",
        "model_accuracy": "valuation_date method metric value positions",
        "reserve_rollforward": "item_id location_id period_end framework opening_amount addition_amount "
        "relieved_by_sale_amount relieved_by_scrap_amount reversal_amount currency_amount closing_amount",
        "journal_lines": "journal_id line_no period_end framework account_code item_id location_id debit_amount "
        "credit_amount description",
        "row_reconciliation": "table_name rows_in rows_used rows_mended rows_merged rows_quarantined rows_set_aside "
        "amount_in amount_used amount_merged amount_quarantined amount_set_aside",
        "quarantine": "table_name row_key reason source_row",
    }
    columns = {node["name"]: set(node["columns"]) for node in models.values()}
    for name, expected in fixed.items():
        assert set(expected.split()) <= columns[name], name


def test_only_listed_tests_may_stop_a_build(manifest):
    """docs/tests.md says which may, and why; a test of a feature, a forecast or an estimate has no place there."""
    page = (ROOT / "docs/tests.md").read_text()
    identities_and_contracts, keys = page.split("## Keys")
    listed = re.findall(r"^\| `(\w+)` \|", identities_and_contracts, re.MULTILINE)
    grains = re.findall(r"`(\w+)`", keys.split("\n**", 1)[1])
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    of_grain = [node for node in tests if (node.get("test_metadata") or {}).get("name") == "unique_grain"]
    named = [name_in_page(node) for node in tests if node not in of_grain]
    assert sorted(listed) == sorted(named)
    assert len(set(grains)) == len(grains)
    assert set(grains) == {manifest["nodes"][node["attached_node"]]["name"] for node in of_grain}


def name_in_page(node) -> str:
    """A test's name; of a generic one the relation and column instead of its values."""
    if not node.get("test_metadata"):
        return node["name"]
    relation = node["attached_node"].rsplit(".", 1)[-1]
    return f"{node['test_metadata']['name']}_{relation}_{node['column_name']}"


def test_every_check_has_a_case_that_fires_and_one_that_is_silent(manifest):
    (test,) = (node for node in manifest["unit_tests"].values() if node["name"].startswith("every_check_fires"))
    given = {source["input"]: source["rows"] for source in test["given"]}
    with (ROOT / "seeds" / "monitoring_thresholds.csv").open() as seed:
        checks = {row["check_name"]: (row["lower_limit"], row["upper_limit"]) for row in csv.DictReader(seed)}
    limits = {
        row["check_name"]: tuple("" if row[side] is None else row[side] for side in ("lower_limit", "upper_limit"))
        for row in given["ref('monitoring_thresholds')"]
    }
    assert {name: tuple(map(str, pair)) for name, pair in limits.items()} == checks
    told = {(row["check_name"], row["subject"].split()[0]) for row in given["ref('int_observations')"]}
    assert told == {(name, case) for name in checks if name != "interval_rate" for case in ("fires", "silent")}
