"""What a build leaves to the next: all of it if it passed, and else nothing."""

import duckdb
import pytest

from inventory_valuation.publishing.memory import (
    PUBLISHED,
    forget_failed_builds,
    remember_all,
    remember_build,
    remember_publication,
)

LOG = {"schema": "governance", "table": "log", "builder": "written_by_build"}
ABSENT = {"schema": "governance", "table": "absent", "builder": "written_by_build"}


@pytest.fixture
def file(tmp_path):
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        yield connection


def write(file, build, *words):
    file.execute("create schema if not exists governance")
    file.execute("create table if not exists governance.log (words varchar, written_by_build varchar)")
    file.executemany("insert into governance.log values (?, ?)", [(word, build) for word in words])


def words(file):
    return [word for (word,) in file.execute("select words from governance.log order by all").fetchall()]


def test_what_a_failed_build_wrote_is_taken_out_by_the_next(file):
    assert forget_failed_builds(file, [LOG, ABSENT]) == {}
    write(file, "passed", "a")
    remember_build(file, "passed")
    assert forget_failed_builds(file, [LOG, ABSENT]) == {}
    write(file, "failed", "b", "c")
    assert forget_failed_builds(file, [LOG, ABSENT]) == {"governance.log": 2}
    assert words(file) == ["a"]


def test_the_first_build_of_a_file_may_fail(file):
    forget_failed_builds(file, [LOG])
    write(file, "failed", "a")
    assert forget_failed_builds(file, [LOG]) == {"governance.log": 1}
    assert words(file) == []


def test_a_file_from_before_the_register_loses_nothing(file):
    write(file, "long ago", "a")
    write(file, None, "b")
    for _ in range(2):
        assert forget_failed_builds(file, [LOG]) == {}
    assert words(file) == ["a", "b"]


def test_what_was_taken_over_is_remembered(file):
    forget_failed_builds(file, [LOG])
    write(file, "published elsewhere", "a")
    remember_all(file, [LOG, ABSENT])
    assert forget_failed_builds(file, [LOG]) == {}
    assert words(file) == ["a"]


def test_a_build_that_passed_twice_is_entered_once(file):
    forget_failed_builds(file, [LOG])
    remember_build(file, "passed")
    remember_build(file, "passed")
    assert file.execute("select count(*) from remembered.passed_builds").fetchall() == [(1,)]


def test_what_a_file_holds_is_what_was_published_until_the_next_build_begins(file):
    forget_failed_builds(file, [LOG])
    remember_publication(file, "passed", "our books")
    assert file.execute(f"from {PUBLISHED}").fetchall() == [("passed", "our books")]
    forget_failed_builds(file, [LOG])
    assert file.execute(f"from {PUBLISHED}").fetchall() == []
