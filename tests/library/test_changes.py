"""What a build may leave as the last one made it."""

import duckdb
import pytest

from inventory_valuation.building.changes import (
    EVERYTHING,
    NOTHING,
    definition_of,
    first_change,
    forget_table,
    open_record,
    present_reads,
    record_table,
)

QUERY = 'select day, sum(amount) as amount from "memory"."s"."sales" group by day'
DEFINITION = definition_of(QUERY, "sql")


@pytest.fixture
def connection():
    connection = duckdb.connect()
    open_record(connection)
    connection.execute("create schema s")
    connection.execute("create table s.sales as select date '2026-01-15' as day, 1 as amount")
    connection.execute("insert into s.sales values (date '2026-02-15', 2)")
    record_table(connection, "s.sales", "sales", "day", None)
    return connection


def build(connection, query=QUERY, definition=DEFINITION, table="s.days", known_by="day"):
    """What a build does: its verdict, and the table as a verdict of everything leaves it."""
    reads = present_reads(connection, table, query)
    change = first_change(connection, table, definition, reads)
    if change != NOTHING:
        forget_table(connection, table)
        connection.execute(f"create or replace table {table} as {query}")
        record_table(connection, table, definition, known_by, reads)
    return change


def deliver(connection, statement):
    """Change the sales and record them, as the build of their own model does."""
    connection.execute(statement)
    forget_table(connection, "s.sales")
    record_table(connection, "s.sales", "sales", "day", None)


def test_a_table_is_made_once(connection):
    assert build(connection) == EVERYTHING
    assert build(connection) == NOTHING


def test_a_table_may_have_any_columns(connection):
    connection.execute("create table s.people as select date '2026-01-15' as day, 'Ada' as name")
    record_table(connection, "s.people", "people", "day", None)
    assert present_reads(connection, "s.x", "select * from s.people").keys() == {"s.people@2026-01-01"}


def test_the_order_of_rows_changes_nothing(connection):
    build(connection)
    deliver(connection, "create or replace table s.sales as from s.sales order by day desc")
    assert build(connection) == NOTHING


@pytest.mark.parametrize(
    ("statement", "month"),
    [
        ("insert into s.sales values (date '2026-03-02', 5)", "2026-03-01"),
        ("insert into s.sales values (date '2026-01-20', 5), (date '2026-03-02', 5)", "2026-01-01"),
        ("update s.sales set amount = 3 where day = date '2026-02-15'", "2026-02-01"),
        ("delete from s.sales where day = date '2026-01-15'", "2026-01-01"),
    ],
)
def test_months_before_the_first_change_are_kept(connection, statement, month):
    build(connection)
    deliver(connection, statement)
    assert build(connection) == month


def test_a_table_without_months_is_made_anew_as_a_whole(connection):
    build(connection, table="s.totals", known_by=None)
    deliver(connection, "insert into s.sales values (date '2026-03-02', 5)")
    assert build(connection, table="s.totals", known_by=None) == EVERYTHING


def test_a_relation_without_months_changes_everything(connection):
    query = QUERY.replace("amount)", "amount * (select max(factor) from s.policy))")
    connection.execute("create table s.policy as select 2 as factor")
    build(connection, query)
    assert build(connection, query) == NOTHING
    connection.execute("update s.policy set factor = 3")
    assert build(connection, query) == EVERYTHING


def test_another_definition_changes_everything(connection):
    build(connection)
    assert build(connection, definition="another") == EVERYTHING


def test_a_view_counts_by_its_text_and_by_what_it_reads(connection):
    connection.execute("create view s.seen as select day, amount from s.sales")
    query = "select * from s.seen"
    build(connection, query)
    assert build(connection, query) == NOTHING
    connection.execute("create or replace view s.seen as select day, -amount as amount from s.sales")
    assert build(connection, query) == EVERYTHING
    deliver(connection, "insert into s.sales values (date '2026-03-02', 5)")
    assert build(connection, query) == "2026-03-01"


def test_a_union_of_stars_is_made_anew_when_a_table_that_it_names_changes(connection):
    connection.execute("create table s.returns as select date '2026-01-20' as day, -1 as amount")
    record_table(connection, "s.returns", "returns", "day", None)
    query = "select * from s.sales union all select day, amount from s.returns"
    assert build(connection, query) == EVERYTHING
    assert build(connection, query) == NOTHING
    deliver(connection, "insert into s.sales values (date '2026-03-15', 2)")
    assert build(connection, query) == EVERYTHING


def test_a_function_of_the_database_counts_by_its_text(connection):
    connection.execute("create macro s.once(x) as x")
    connection.execute("create macro s.twice(x) as s.once(x) + s.once(x)")
    connection.execute("create view s.doubled as select day, s.twice(amount) as amount from s.sales")
    query = "select * from s.doubled"
    build(connection, query)
    assert build(connection, query) == NOTHING
    connection.execute("create or replace macro s.once(x) as 10 * x")
    assert build(connection, query) == EVERYTHING


def test_a_file_counts_by_its_bytes(connection, tmp_path):
    file = tmp_path / "rates.csv"
    file.write_text("day,amount\n2026-01-01,1\n")
    query = f"select * from read_csv('{file}')"
    build(connection, query)
    assert build(connection, query) == NOTHING
    file.write_text("day,amount\n2026-01-01,2\n")
    assert build(connection, query) == EVERYTHING
    folder = f"select * from read_csv('{tmp_path}/*.csv')"
    build(connection, folder, table="s.folder")
    assert build(connection, folder, table="s.folder") == EVERYTHING


def test_a_killed_build_makes_the_table_anew(connection):
    build(connection)
    forget_table(connection, "s.days")
    assert build(connection) == EVERYTHING


def test_a_table_that_somebody_else_changed_is_made_anew(connection):
    build(connection)
    connection.execute("delete from s.days")
    assert build(connection) == EVERYTHING
    connection.execute("drop table s.days")
    assert build(connection) == EVERYTHING


def test_python_hangs_on_the_library():
    assert definition_of("x", "python") != definition_of("x", "sql")


def test_columns_that_speak_of_the_newest_date_count_for_who_names_them(connection):
    plain, flagged = "select day from s.dates", "select day, is_latest from s.dates"
    connection.execute("create table s.dates as select date '2026-01-31' as day, true as is_latest")
    record_table(connection, "s.dates", "dates", "day", None)
    build(connection, plain)
    build(connection, flagged, table="s.flagged")
    assert (build(connection, plain), build(connection, flagged, table="s.flagged")) == (NOTHING, NOTHING)
    connection.execute("update s.dates set is_latest = false")
    connection.execute("insert into s.dates values (date '2026-02-28', true)")
    forget_table(connection, "s.dates")
    record_table(connection, "s.dates", "dates", "day", None)
    assert build(connection, plain) == "2026-02-01"
    assert build(connection, flagged, table="s.flagged") == EVERYTHING
