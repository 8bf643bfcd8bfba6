"""Publishing to PostgreSQL: readers never see a mix, views of others never fall, a killed run leaves what was there.

Debian's PostgreSQL is started on a free loopback port: `apt-get install postgresql`. Without it they are skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from inventory_valuation.publishing.postgres import PeoplesViewsError, publish


def program(name: str) -> str | None:
    """A program of PostgreSQL, on the path or where Debian puts it."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(places[-1]) if places else None)


pytestmark = pytest.mark.skipif(
    program("initdb") is None, reason="PostgreSQL is not installed: apt-get install postgresql"
)


@pytest.fixture(scope="module")
def uri(tmp_path_factory):
    """A PostgreSQL of these tests' own. It refuses to run as root, so root starts it as nobody."""
    folder = Path("/tmp") / f"postgres-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o777)
    by = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    quietly = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*by, program("initdb"), "-D", data, "-U", "owner", "-A", "trust", "--no-sync"], **quietly)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run([*by, program("pg_ctl"), "-D", data, "-w", "-o", options, "-l", folder / "log", "start"], **quietly)
    yield f"postgresql://owner@127.0.0.1:{port}/postgres"
    subprocess.run([*by, program("pg_ctl"), "-D", data, "-m", "immediate", "stop"], **quietly)
    shutil.rmtree(folder)


@pytest.fixture
def files(tmp_path) -> list[Path]:
    """Two small published files whose tables belong together."""
    made = []
    for number in (1, 2):
        made.append(tmp_path / f"{number}.duckdb")
        with duckdb.connect(made[-1]) as connection:
            connection.execute("create schema marts; create schema books")
            for table in ("marts.one", "books.two"):
                connection.execute(
                    f"""create table {table} as select range as id, {number} as build, '' as empty_text,
                    null::varchar as unknown, '"a", b' || chr(10) || 'c' as words,
                    cast(range + 0.1 as decimal(38, 4)) as amount, date '2026-05-31' as period_end, 1.5::double as rate
                    from range(500)"""
                )
            connection.execute("comment on table marts.one is 'One row per id.'")
            connection.execute("comment on column marts.one.amount is 'What it is worth.'")
    return made


def asked(uri: str, query: str) -> list[tuple]:
    with psycopg.connect(uri) as connection:
        return connection.execute(query).fetchall()


def test_tables_arrive_exact_with_comments_and_build(files, uri):
    build_id, tables, rows = publish(files[0], uri)
    assert (tables, rows) == (2, 1000)
    (row,) = asked(uri, "select empty_text, unknown, words, amount, build_id from marts.one where id = 7")
    assert row == ("", None, '"a", b\nc', Decimal("7.1000"), build_id)
    comments = "select obj_description('marts.one'::regclass), col_description('marts.one'::regclass, 6)"
    assert asked(uri, comments) == [("One row per id.", "What it is worth.")]


def test_readers_never_see_a_mix_through_twenty_reloads(files, uri):
    publish(files[0], uri)
    seen, ended = set(), threading.Event()

    def poll() -> None:
        with psycopg.connect(uri, autocommit=True) as connection:
            while not ended.is_set():
                query = "select min(one.build), max(one.build), min(two.build), max(two.build), count(*)"
                seen.add(connection.execute(f"{query} from marts.one join books.two using (id)").fetchone())

    readers = [threading.Thread(target=poll) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(20):
        publish(files[number % 2], uri)
    ended.set()
    for reader in readers:
        reader.join()
    assert seen == {(1, 1, 1, 1, 500), (2, 2, 2, 2, 500)}


def test_views_of_others_are_named_and_never_fall(files, uri):
    publish(files[0], uri)
    with psycopg.connect(uri) as connection:
        connection.execute("create view public.ours as select sum(amount) as amount from marts.one")
    with pytest.raises(PeoplesViewsError, match=r"public\.ours"):
        publish(files[1], uri)
    assert asked(uri, "select build from marts.one limit 1") == [(1,)]
    with psycopg.connect(uri) as connection:
        connection.execute("drop view public.ours")
    publish(files[1], uri)
    assert asked(uri, "select build from marts.one limit 1") == [(2,)]


def test_a_killed_run_leaves_what_was_there_and_the_next_one_works(files, uri, tmp_path):
    publish(files[0], uri)
    large = tmp_path / "large.duckdb"
    shutil.copy(files[1], large)
    with duckdb.connect(large) as connection:
        connection.execute("create table marts.large as select range as id, 'x' || range as words from range(3000000)")
    words = "import sys; from inventory_valuation.publishing.postgres import main; main(sys.argv[1:])"
    process = subprocess.Popen([sys.executable, "-c", words, uri, "--published", large])
    for _ in range(600):
        if asked(uri, "select count(*) from pg_namespace where nspname = 'marts__new'") == [(1,)]:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert asked(uri, "select build from marts.one limit 1") == [(1,)]
    publish(files[1], uri)
    assert asked(uri, "select build from marts.one limit 1") == [(2,)]
    assert asked(uri, "select count(*) from pg_namespace where nspname like '%\\_\\_new'") == [(0,)]


def test_a_role_may_read(files, uri):
    with psycopg.connect(uri) as connection:
        connection.execute("create role bi login")
    publish(files[0], uri, readers="bi")
    assert asked(uri.replace("owner@", "bi@"), "select count(*) from books.two") == [(500,)]


def test_the_published_file_of_a_build_goes_over_whole(build, uri):
    _, tables, rows = publish(build.published, uri)
    assert tables > 50 and rows > 10_000
    with duckdb.connect(build.published, read_only=True) as connection:
        here = connection.execute("select sum(booked_amount) from marts.reserve_review").fetchone()
    assert asked(uri, "select sum(booked_amount) from marts.reserve_review") == [here]
