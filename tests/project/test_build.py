"""A build of a small company, from its input tables to the published file."""

import json
import re
import shutil

import duckdb
import pytest

from inventory_valuation.summary import summary_of


@pytest.fixture(scope="module")
def published(build):
    with duckdb.connect(build.published, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def built(build):
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def public_nodes(build):
    nodes = json.loads((build.folder / "target/manifest.json").read_text())["nodes"].values()
    return [
        node
        for node in nodes
        if node["resource_type"] in ("model", "seed")
        and (node["config"].get("access") == "public" or node["config"]["meta"].get("public"))
    ]


def test_a_build_says_no_warning_and_no_deprecation(build):
    assert re.search(r"WARN=0 ERROR=0 SKIP=0", build.output)
    assert not re.search(r"deprecat|\[WARNING\]|Warning:", build.output, re.IGNORECASE)


def test_a_build_ends_with_a_summary_for_the_controller(build):
    summary = build.output[build.output.index("INVENTORY VALUATION") :]
    for words in (
        "Look at first",
        "Inventory account",
        "Model: ",
        "Ageing policy ",
        "This is the first build of this company",
        "wait for a decision",
        "Five largest reserves",
        "Policies that decide the level of the reserve",
        "horizon_months 12 (the default). How far ahead",
        "model: horizon 3 months shorter",
        "ageing policy: each bucket at the rate of the next older",
        "rows in",
        "Other spellings of an item's id",
        str(build.published),
    ):
        assert words in summary
    told = [line for line in summary.splitlines() if len(line.split()) > 4]
    assert len(told) == len(set(told)), "a sentence stands there twice"
    assert "file not read" not in summary


def test_the_stock_is_a_bridge_to_what_came_in_and_did_not_leave(built):
    """The account of the bridge is not the sum of its parts alone, but what all movements left."""
    differences = built.execute(
        """with ledger as (
            select
                sum(value_change) filter (where movement_type not in ('transfer_in', 'transfer_out'))
                - coalesce(sum(variance_amount) filter (where movement_type = 'transfer_in'), 0) as amount
            from costing.issue_costs
            where costing_method = 'weighted_average'
                and posted_on <= (select max(valuation_date) from core.valuation_dates)
        )
        select amount - (select amount from ledger) from marts.stock_bridge
        where is_latest_period and component = 'inventory account'"""
    ).fetchall()
    parts = built.execute(
        """select sum(case when component = 'inventory account' then -amount else amount end)
        from marts.stock_bridge group by period_end"""
    ).fetchall()
    assert {amount for (amount,) in parts} == {0}
    assert differences == [(0,)]


def test_a_build_by_other_policies_says_what_changed_and_why(rebuilt):
    _, output = rebuilt[0].published, rebuilt[0].output
    changed = output[output.index("Since the last build") : output.index("Waiting")]
    assert "because of a policy (a seed or a var)" in " ".join(changed.split())


def test_without_a_model_the_summary_says_so_and_why(build, tmp_path):
    shutil.copy(build.folder / "build.duckdb", tmp_path / "build.duckdb")
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("delete from valuation.reserve_estimates where method = 'champion'")
        connection.execute("update core.data_readiness set refuses_training = check_name = 'history'")
        summary = summary_of(connection, "reports.duckdb")
    told = " ".join(summary.split())
    assert "No model was trained, because history (30) is insufficient: the ageing policy proposes" in told


def test_a_rule_that_knew_better_than_the_model_stands_first_and_with_its_gain(build, tmp_path):
    shutil.copy(build.folder / "build.duckdb", tmp_path / "build.duckdb")
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute(
            """update monitoring.model_accuracy set value = value / 10
            where method = 'calibrated_coverage' and metric = 'equal_reserve_unexpected'"""
        )
        connection.execute(
            """insert into monitoring.alerts by name
            select check_name, 'calibrated_coverage' as subject, 'opened' as status, -0.1 as value, severity,
                date '2026-06-30' as opened_on, replace(message, '{subject}', 'calibrated_coverage') as message
            from policy.monitoring_thresholds where check_name = 'gain_over_rules'"""
        )
        lines = summary_of(connection, "reports.duckdb").splitlines()
    alerts = [line for line in lines if line.startswith("    Alert")]
    assert "A rule knew better than the model" in alerts[0]
    assert "The rule calibrated coverage missed" in " ".join(" ".join(lines).split())


def test_two_rows_of_a_master_that_were_taken_for_one_are_named(build, tmp_path):
    shutil.copy(build.folder / "build.duckdb", tmp_path / "build.duckdb")
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute(
            "insert into staging.id_cross_reference by name select 'items' as master_table, 'a-1' as source_id, "
            "'A-1' as canonical_id, true as is_known, true as is_in_master, 'case' as match_rule"
        )
        summary = " ".join(summary_of(connection, "reports.duckdb").split())
    assert "Two rows of a master taken for one: a-1 and A-1 (items)." in summary


def test_every_public_relation_is_published_with_its_comments(published, public_nodes):
    relations = {
        (schema, name): comment
        for schema, name, comment in published.execute(
            """select schema_name, table_name, comment from duckdb_tables() where not internal
            union all select schema_name, view_name, comment from duckdb_views() where not internal"""
        ).fetchall()
    }
    assert relations == {(node["schema"], node["alias"]): node["description"].strip() for node in public_nodes}
    unspoken = published.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where comment is null and not internal"
    ).fetchall()
    assert unspoken == []


def test_the_published_file_opens_in_older_clients(published):
    tags = published.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert "v1.2.0" in str(tags)


def test_the_published_tables_hold_what_was_built(build, published, public_nodes):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{build.folder / 'build.duckdb'}' as build (read_only)")
        connection.execute(f"attach '{build.published}' as published (read_only)")
        for node in public_nodes:
            name = f'{node["schema"]}."{node["alias"]}"'
            counts = connection.execute(
                f"select (select count(*) from build.{name}), (select count(*) from published.{name})"
            ).fetchall()
            assert counts[0][0] == counts[0][1], name


def test_the_way_down_from_a_reserve_is_asked_by_position_and_needs_the_published_file_alone(published):
    found = published.execute(
        """select item_id, location_id, period_end, reserve_amount, proposed_amount
        from books.reserves
        where framework = 'us_gaap' and reserve_amount <> 0
        order by reserve_amount desc limit 20"""
    ).fetchall()
    for *position, reserve, proposed in found:
        trace = published.execute(
            """select step, line_no, amount from marts.reserve_trace
            where item_id = ? and location_id = ? and period_end = ?""",
            position,
        ).fetchall()
        assert len({line[:2] for line in trace}) == len(trace)
        assert {step for step, _, _ in trace} >= {"booked", "decision", "estimate", "driver", "layer"}
        assert [amount for step, _, amount in trace if step == "booked"] == [reserve]
        assert sum(amount for step, _, amount in trace if step == "driver") == proposed


def test_the_published_reserves_are_not_empty(published):
    for relation in ("valuation.reserve_estimates", "books.journal_lines", "marts.reserve_review"):
        assert published.execute(f"select count(*) from {relation}").fetchall()[0][0] > 0, relation
