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
    for words in (
        "Inventory at cost",
        "Reserve, model",
        "Reserve, ageing policy",
        "wait for a decision",
        "Five largest reserves",
        "Policies that decide the level of the reserve",
        "horizon_months 12 (the default). How far ahead",
        "The model's total would be about: horizon 3 months shorter",
        "The ageing policy's total would be about: by the rates of the next older bucket",
        "rows in",
    ):
        assert words in build.output
    assert str(build.published) in build.output


def test_without_a_model_the_summary_says_so_and_why(build, tmp_path):
    shutil.copy(build.published, tmp_path / "refused.duckdb")
    with duckdb.connect(tmp_path / "refused.duckdb") as connection:
        connection.execute("update marts.reserve_review set model_reserve_amount = null")
        connection.execute("update core.data_readiness set refuses_training = check_name = 'history'")
        summary = summary_of(connection, "reports.duckdb")
    assert "No model was trained, because history (30) is insufficient: the ageing policy proposes" in summary
    assert "Five largest reserves by the ageing policy" in summary


def test_every_public_relation_is_published_as_a_table_with_its_comments(published, public_nodes):
    tables = {
        (schema, name): comment
        for schema, name, comment in published.execute(
            "select schema_name, table_name, comment from duckdb_tables() where not internal"
        ).fetchall()
    }
    assert tables == {(node["schema"], node["alias"]): node["description"].strip() for node in public_nodes}
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


def test_the_published_reserves_are_not_empty(published):
    for relation in ("valuation.reserve_estimates", "books.journal_lines", "marts.reserve_review"):
        assert published.execute(f"select count(*) from {relation}").fetchall()[0][0] > 0, relation
