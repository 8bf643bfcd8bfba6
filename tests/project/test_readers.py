"""Readers and the build never block each other, and a build that dies leaves what readers have."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys

import duckdb
import pytest
from building import run_dbt, start_dbt, wait_for

from inventory_valuation.publishing.relations import publish_relations


@pytest.fixture
def workshop(build, tmp_path):
    """A copy of the finished build, to be harmed."""
    for name in ("build.duckdb", "published.duckdb", "published.memory.duckdb"):
        shutil.copy(build.folder / name, tmp_path / name)
    return tmp_path


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def total_reserve(connection) -> object:
    query = "select sum(reserve_amount) from valuation.reserve_estimates"
    return connection.execute(query).fetchall()[0][0]


def read_in_a_new_process(path) -> str:
    """Total reserve as another process sees it: connections of one process share an open file."""
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True);"
        "print(c.execute('select sum(reserve_amount) from valuation.reserve_estimates').fetchall()[0][0])"
    )
    return subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True).stdout.strip()


def test_a_reader_keeps_its_numbers_through_a_build_and_a_new_reader_sees_the_new_ones(build, rebuilt):
    with duckdb.connect(build.published, read_only=True) as connection:
        before = total_reserve(connection)
    after, reader = rebuilt
    assert total_reserve(reader) == before
    assert read_in_a_new_process(after.published) != str(before)


@pytest.mark.parametrize("words", ["START sql table model core.on_hand", "marts.tie_outs"])
def test_a_killed_build_leaves_the_published_file_and_the_next_one_starts(build, workshop, words):
    before = digest(workshop / "published.duckdb")
    process = start_dbt(workshop, "run", source_path=str(build.company))
    wait_for(process, words)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert digest(workshop / "published.duckdb") == before
    code, output = run_dbt(workshop, "build", "--select", "stg_items+1", source_path=str(build.company))
    assert code == 0, output[-6000:]
    assert "only a part was built" in output
    assert digest(workshop / "published.duckdb") == before


def test_a_failing_build_leaves_the_published_file(build, workshop):
    damaged = workshop / "damaged"
    shutil.copytree(build.company, damaged)
    sales = damaged / "sales.parquet"
    content = bytearray(sales.read_bytes())
    content[2000:4000] = bytes(2000)  # the footer stays: only reading the rows shows the damage
    sales.write_bytes(content)
    before = digest(workshop / "published.duckdb")
    code, output = run_dbt(workshop, "build", source_path=str(damaged))
    assert code != 0
    assert "can't be read as Parquet" in output
    assert "Published" not in output
    assert digest(workshop / "published.duckdb") == before


def test_two_builds_at_once_the_second_stops_with_a_sentence(build, workshop):
    first = start_dbt(workshop, "build", source_path=str(build.company))
    wait_for(first, "Concurrency")
    code, output = run_dbt(workshop, "build", source_path=str(build.company))
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert code != 0
    assert "Another build is at work in" in output
    assert "name another file in INVENTORY_DB" in output


def test_a_kill_while_publishing_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "published.duckdb"
    relation = {
        "schema": "main",
        "name": "reserves",
        "description": "It's one row.",
        "columns": {"amount": "Money."},
    }
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("create table reserves as select 1 as amount")
        publish_relations(connection, [relation], target)
        before = digest(target)
        connection.execute("update reserves set amount = 3")
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish_relations(connection, [relation], target)
        monkeypatch.undo()
        assert digest(target) == before
        connection.execute("update reserves set amount = 2")
        publish_relations(connection, [relation], target)
    with duckdb.connect(target, read_only=True) as reader:
        assert reader.execute("from reserves").fetchall() == [(2,)]


def test_only_what_changed_is_copied_and_nothing_where_nothing_did(tmp_path):
    """A reader of the old file keeps it; a file that another hand wrote is made anew."""
    target = tmp_path / "published.duckdb"
    large, small, shown = (
        {"schema": "main", "name": name, "description": name, "columns": {}} for name in ("large", "small", "shown")
    )
    holds = "select (select sum(amount) from large), (select amount from small), (select amount from shown)"
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("create table large as select range as amount from range(1000)")
        connection.execute("create table small as select 1 as amount")
        connection.execute("create view shown as select amount from small")
        publish_relations(connection, [large, small, shown], target)
        before = target.stat()
        publish_relations(connection, [large, small, shown], target)
        assert target.stat() == before
        with duckdb.connect(target, read_only=True) as reader:
            connection.execute("update small set amount = 2")
            publish_relations(connection, [large, small, shown], target)
            assert reader.execute(holds).fetchall() == [(499500, 1, 1)]
        with duckdb.connect(target, read_only=True) as reader:
            assert reader.execute(holds).fetchall() == [(499500, 2, 2)]
            comments = reader.execute("select comment from duckdb_tables() order by table_name").fetchall()
            assert comments == [("large",), ("small",)]
        publish_relations(connection, [large], target)
        with duckdb.connect(target, read_only=True) as reader:
            assert reader.execute("select table_name from duckdb_tables()").fetchall() == [("large",)]
        target.unlink()
        with duckdb.connect(target) as other_hand:
            other_hand.execute("create table large as select 7 as amount")
        publish_relations(connection, [large, small, shown], target)
    with duckdb.connect(target, read_only=True) as reader:
        assert reader.execute(holds).fetchall() == [(499500, 2, 2)]


def test_a_relation_that_is_not_there_leaves_the_old_file(tmp_path):
    target = tmp_path / "published.duckdb"
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("create table reserves as select 1 as amount")
        publish_relations(
            connection, [{"schema": "main", "name": "reserves", "description": "", "columns": {}}], target
        )
        before = digest(target)
        with pytest.raises(duckdb.CatalogException):
            publish_relations(
                connection, [{"schema": "main", "name": "gone", "description": "", "columns": {}}], target
            )
        assert digest(target) == before
        assert connection.execute("from reserves").fetchall() == [(1,)]


def test_a_view_stays_one_and_reads_the_published_tables(tmp_path):
    target = tmp_path / "published.duckdb"
    relations = [
        {"schema": "marts", "name": "large_reserves", "description": "A view.", "columns": {"amount": "Money."}},
        {"schema": "books", "name": "reserves", "description": "A table.", "columns": {}},
    ]
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("create schema books; create schema marts")
        connection.execute("create table books.reserves as select 1 as amount union all select 2")
        connection.execute("create view marts.large_reserves as select * from books.reserves where amount > 1")
        publish_relations(connection, relations, target)
        assert connection.execute("select current_database()").fetchall() == [("build",)]
    (tmp_path / "build.duckdb").unlink()
    with duckdb.connect() as reader:
        reader.execute(f"attach '{target}' as reports (read_only)")
        assert reader.execute("from reports.marts.large_reserves").fetchall() == [(2,)]
        comments = "select comment from duckdb_views() where view_name = 'large_reserves'"
        assert reader.execute(comments).fetchall() == [("A view.",)]
