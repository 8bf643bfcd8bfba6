"""The act of closing a period and the folders that it seals: who may, in which order, and what tampering leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from inventory_valuation.books.closing import BARE_NAME, TABLES, Act, Refused, close_periods, main
from inventory_valuation.books.sealed import MANIFEST, NotAsSealed, closed_periods, folder_of_books, lay_out

ROOT = Path(__file__).parents[2]
MARCH, APRIL, MAY, JUNE = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
BOOKS = "our books"
# Three months approved and one not; the middle one holds an override that the controller asked for.
COMPANY = """
    create schema books; create schema marts; create schema governance; create schema policy; create schema costing;
    create schema valuation; create schema remembered; create schema source_rows;
    create table ends as
        select cast(unnest(['2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30']) as date) as period_end;
    create view months as select *, cast(month(period_end) as decimal(18, 4)) as amount from ends;
    create table books.reserve_rollforward as
        select 'a' as item_id, 'x' as location_id, period_end, framework,
            case when period_end = '2026-03-31' then 0 else amount - 1 end as opening_amount, amount as closing_amount
        from months cross join (select unnest(['ifrs', 'us_gaap']) as framework);
    create table books.commitment_rollforward as from books.reserve_rollforward where framework = 'ifrs';
    create table books.reserves as
        select item_id, location_id, period_end, framework, closing_amount as reserve_amount, true as is_latest_period
        from books.reserve_rollforward;
    create table books.reserve_reasons as select 'a' as item_id, period_end, 'Slow' as reason from ends;
    create table books.journal_lines as select 'j' || period_end as journal_id, 1 as line_no, period_end from ends;
    create table books.int_evidence as select 'var' as kind, 'horizon_months' as name, '12' as content;
    create table books.closed_periods as
        select period_end, framework, 1 as position_count, 2 * closing_amount as cost_value,
            closing_amount as reserve_amount, 0 as commitment_amount, 1 as journal_amount
        from books.reserve_rollforward;
    create table books.int_period_states as select period_end, period_end < '2026-06-30' as may_be_closed from ends;
    create table marts.close_status as
        select period_end, period_end = '2026-06-30' as is_latest_period,
            case when is_latest_period then 'awaiting approval' else 'approved' end as period_status,
            true as is_open, false as is_closed,
            cast(null as varchar) as opening_question, 1000 * amount as decided_amount, 'c' as decided_by,
            cast(period_end as timestamp) as decided_at, 'h' as period_hash
        from months;
    create table governance.approvals as
        select 'A' || period_end as approval_id, 'period' as subject_type, period_end, 'holds' as approval_status
        from ends;
    create table governance.overrides as
        select 'O1' as override_id, date '2026-04-30' as period_end, 'Con Troller' as requested_by,
            'applied' as override_status;
    create table governance.role_holders as
        select * from (values ('controller', 'con.troller', 'controller'), ('chief', 'chief', 'cfo'),
            ('clerk', 'clerk', 'inventory_accountant')) as holders (bare_approver, approver, approver_role);
    create table policy.authority_levels as
        select 'period' as subject_type, * from (values ('controller', 5500.0), ('cfo', 9000.0), ('automatic', 9000.0))
            as levels (approver_role, period_limit_amount);
    create table governance.audit_log as
        select 1 as entry_number, 'our books' as source_name, 'policy' as event, 'seed' as subject_id,
            'project' as actor, 'words' as words, 'first' as entry_hash;
    create table valuation.layer_reserves as
        select 'a' as item_id, 'x' as location_id, period_end as valuation_date, 1 as layer_number,
            amount as reserve_amount
        from months;
    create table costing.cost_layers as
        select item_id, location_id, valuation_date, layer_number, date '2026-01-05' as received_on
        from valuation.layer_reserves;
    create table remembered.published_build as select 'build 1' as build_id, 'our books' as set_of_books;
    create table source_rows.data_window as select date '2026-06-30' as as_of_date;
"""
COLUMNS = {
    "closings": {"period_end": "date", "framework": "varchar", "closed_by": "varchar", "manifest_hash": "varchar"},
    "reserves": {
        "item_id": "varchar",
        "period_end": "date",
        "framework": "varchar",
        "reserve_amount": "decimal(18, 4)",
    },
    "reserve_rollforward": {"item_id": "varchar", "period_end": "date", "later_column": "bigint"},
    "later_table": {"item_id": "varchar"},
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A build that published, and three months closed from it."""
    folder = tmp_path_factory.mktemp("template")
    with duckdb.connect(folder / "build.duckdb") as connection:
        connection.execute(COMPANY)
    close_periods(folder / "build.duckdb", folder / "sealed", Act(MAY, "chief", with_earlier=True))
    return folder


@pytest.fixture
def company(template, tmp_path):
    return shutil.copy(template / "build.duckdb", tmp_path / "build.duckdb")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "sealed"


def change(database, *statements):
    with duckdb.connect(database) as connection:
        for statement in statements:
            connection.execute(statement)


def read(database, root, books=BOOKS):
    """What a build is told, and what it then reads."""
    with duckdb.connect(database) as connection:
        faults = lay_out(connection, root, books, COLUMNS)
        return faults, connection.execute("select period_end from sealed.closings order by all").fetchall()


@pytest.fixture
def chain(template, root):
    """Three closed periods."""
    shutil.copytree(template / "sealed", root)
    return folder_of_books(root, BOOKS)


def test_a_closed_period_is_read_back_as_it_was_published(company, root):
    (sealed,) = close_periods(company, root, Act(MARCH, "con.troller"))
    assert sealed.folder == folder_of_books(root, BOOKS) / "2026-03-31"
    assert {path.stem for path in sealed.folder.glob("*.parquet")} == TABLES.keys()
    manifest = json.loads((sealed.folder / MANIFEST).read_text())
    assert (manifest["closed_by"], manifest["closed_as"], manifest["previous"]) == ("con.troller", "controller", None)
    change(company, "update books.reserves set reserve_amount = 99")
    with duckdb.connect(company) as connection:
        assert lay_out(connection, root, BOOKS, COLUMNS) == []
        reserves = connection.execute("from sealed.reserves order by all").fetchall()
        assert reserves == [("a", MARCH, "ifrs", 3), ("a", MARCH, "us_gaap", 3)]
        closings = connection.execute("select framework, closed_by, manifest_hash from sealed.closings").fetchall()
        assert sorted(closings) == [(name, "con.troller", sealed.manifest_hash) for name in ("ifrs", "us_gaap")]
        assert connection.execute("select distinct later_column from sealed.reserve_rollforward").fetchall() == [
            (None,)
        ]
        assert connection.execute("from sealed.later_table").fetchall() == []
        layers = f"from read_parquet('{sealed.folder / 'layer_reserves.parquet'}')"
        assert connection.execute(layers).fetchall() == [("a", "x", MARCH, 1, 3, date(2026, 1, 5))]


def test_without_closed_periods_nothing_is_read(company, root):
    assert read(company, root) == ([], [])
    assert not root.exists()


def test_each_manifest_holds_the_hash_of_the_one_before(company, root, chain):
    march, april, may = closed_periods(root, BOOKS)
    for earlier, later in ((march, april), (april, may)):
        assert later.manifest["previous"] == {
            "period_end": str(earlier.period_end),
            "manifest_hash": earlier.manifest_hash,
        }
    assert [period.manifest["is_rebuilt"] for period in (march, april, may)] == [True, True, False]


def test_a_build_as_of_an_earlier_day_reads_what_was_closed_by_then(company, root, chain):
    change(company, "update source_rows.data_window set as_of_date = date '2026-04-30'")
    assert {end for (end,) in read(company, root)[1]} == {MARCH, APRIL}


@pytest.mark.parametrize(
    ("act", "statements", "words"),
    [
        (Act(APRIL, "chief"), [], "close 2026-03-31 first, or all 2 up to 2026-04-30"),
        (Act(JUNE, "chief", with_earlier=True), [], "the period is awaiting approval: have it approved"),
        (Act(date(2026, 7, 31), "chief"), [], "2026-07-31 is no open period of these books: open are 2026-03-31"),
        (
            Act(MARCH, "somebody"),
            [],
            "somebody holds no role that may close a period; those who do are chief, con.troll",
        ),
        (Act(MARCH, "clerk"), [], "clerk holds no role"),
        (Act(MARCH, "clerk"), ["delete from governance.role_holders"], "nobody does"),
        (Act(MARCH, "chief"), ["delete from remembered.published_build"], "was not published"),
        (
            Act(MARCH, "controller"),
            ["update marts.close_status set decided_amount = 5501"],
            "may close periods up to 5,500 as controller, and 2026-03-31 holds 5,501",
        ),
        (Act(APRIL, "CON TROLLER", with_earlier=True), [], "asked for the override O1 of 2026-04-30: somebody else"),
        (
            Act(MARCH, "chief"),
            ["update marts.close_status set opening_question = 'what reserve did the books hold?'"],
            "can't be closed yet: what reserve did the books hold?",
        ),
        (
            Act(JUNE, "chief", with_earlier=True),
            ["update marts.close_status set period_status = 'approved'"],
            "2026-06-30 is the newest month: it can be closed once a later one is in the data",
        ),
    ],
)
def test_what_may_not_be_closed_is_refused_in_a_sentence(company, root, act, statements, words):
    change(company, *statements)
    with pytest.raises(Refused, match=re.escape(words)):
        close_periods(company, root, act)
    assert not root.exists()


@pytest.mark.parametrize("table", ["reserve_rollforward", "commitment_rollforward"])
def test_a_period_that_does_not_begin_with_what_was_closed_is_refused(company, root, chain, table):
    change(company, f"update books.{table} set opening_amount = 7 where period_end = '2026-06-30'")
    with pytest.raises(Refused, match=r"positions of 2026-06-30 do not begin with what 2026-05-31 was closed with"):
        close_periods(company, root, Act(JUNE, "chief", without_waiting=True))


def test_a_closed_period_is_not_closed_again(company, root, chain, capsys):
    words = ["2026-05-31", "--by", "chief", "--database", str(company), "--into", str(root)]
    before = contents(root)
    assert main(words) == 1
    assert "2026-05-31 is closed already, by chief at" in capsys.readouterr().err
    assert contents(root) == before


def test_what_nobody_approved_can_be_closed_without_waiting(company, root, chain, capsys):
    words = ["2026-06-30", "--by", "chief", "--without-waiting", "--database", str(company), "--into", str(root)]
    assert main(words) == 0
    assert "2026-06-30 closed by chief as cfo: reserve 6 by ifrs, 6 by us_gaap" in capsys.readouterr().out
    assert read(company, root)[1][-1] == (JUNE,)


def contents(folder):
    return {path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes()) for path in folder.rglob("*")}


def test_builds_leave_a_folder_that_can_be_written_once_as_it_is(company, root, chain):
    for path in (*root.rglob("*"), root):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = contents(root)
    assert read(company, root)[0] == []
    assert contents(root) == before
    for path in (*root.rglob("*"), root):
        path.chmod(0o755)


@pytest.mark.parametrize("name", [*(f"{table}.parquet" for table in TABLES), MANIFEST])
@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_file_that_was_changed_or_taken_away_stops_a_build_and_is_named(company, root, chain, name, harm):
    file = chain / "2026-04-30" / name
    file.chmod(0o644)
    if harm == "gone":
        file.unlink()
    elif name == MANIFEST:
        file.write_text(file.read_text().replace("chief", "other"))
    else:
        file.write_bytes(file.read_bytes() + b" ")
    with duckdb.connect(company) as connection:
        (fault, *others) = lay_out(connection, root, BOOKS, COLUMNS)
    assert others == [] and name in fault and "2026-04-30" in fault and "put" in fault
    with pytest.raises(NotAsSealed, match=re.escape(fault)):
        close_periods(company, root, Act(JUNE, "chief", without_waiting=True))


@pytest.mark.parametrize("written", ["", "[]", '{"period_end": "2026-05-31"}'])
def test_what_is_no_manifest_stops_a_build(company, root, chain, written):
    file = chain / "2026-05-31" / MANIFEST
    file.chmod(0o644)
    file.write_text(written)
    with duckdb.connect(company) as connection:
        (fault,) = lay_out(connection, root, BOOKS, COLUMNS)
    assert "can't be read" in fault and "put them back as sealed" in fault


@pytest.mark.parametrize("end", ["2026-03-31", "2026-04-30"])
def test_a_folder_that_is_missing_from_the_chain_stops_a_build(company, root, chain, end):
    shutil.rmtree(chain / end)
    with duckdb.connect(company) as connection:
        (fault,) = lay_out(connection, root, BOOKS, COLUMNS)
    assert f"The folder of the closed period {end} is missing" in fault


def test_a_folder_of_other_books_or_another_month_stops_a_build(company, root, chain):
    change(company, "update remembered.published_build set set_of_books = 'other books'")
    close_periods(company, root, Act(MARCH, "chief"))
    shutil.rmtree(chain)
    shutil.copytree(folder_of_books(root, "other books"), chain)
    with duckdb.connect(company) as connection:
        (fault,) = lay_out(connection, root, BOOKS, COLUMNS)
    assert "holds 2026-03-31 of the books 'other books'" in fault


def log_closings(company, root):
    """As the next build writes them down."""
    for period in closed_periods(root, BOOKS):
        words = f"as cfo, approved; manifest {period.manifest_hash}"
        change(
            company,
            f"insert into governance.audit_log values (2, '{BOOKS}', 'closing', '{period.period_end}', 'chief', "
            f"'{words}', 'later')",
        )


def test_the_last_folder_is_missed_by_the_log(company, root, chain):
    log_closings(company, root)
    assert read(company, root)[0] == []
    shutil.rmtree(chain / "2026-05-31")
    with duckdb.connect(company) as connection:
        (fault,) = lay_out(connection, root, BOOKS, COLUMNS)
    assert "The folder of the closed period 2026-05-31 is missing" in fault and "chief closed it" in fault


def test_a_chain_that_was_written_anew_is_not_the_one_in_the_log(company, root, chain):
    log_closings(company, root)
    shutil.rmtree(chain)
    change(company, "update books.reserves set reserve_amount = 0")
    close_periods(company, root, Act(MAY, "chief", with_earlier=True))
    with duckdb.connect(company) as connection:
        faults = lay_out(connection, root, BOOKS, COLUMNS)
    assert ["is not the one that chief closed" in fault for fault in faults] == [True] * 3


def test_two_sets_of_books_do_not_mix(company, root, chain):
    assert read(company, root, "other books") == ([], [])
    with duckdb.connect(company) as connection:
        others = connection.execute("from sealed.other_books").fetchall()
    assert others == [(BOOKS, MAY)]
    change(company, "update remembered.published_build set set_of_books = 'other books'")
    close_periods(company, root, Act(MARCH, "chief"))
    assert {end for (end,) in read(company, root, "other books")[1]} == {MARCH}
    assert {end for (end,) in read(company, root)[1]} == {MARCH, APRIL, MAY}


@pytest.mark.parametrize("moment", ["os.rename", "inventory_valuation.books.sealed._to_disk"])
def test_a_process_killed_while_it_seals_leaves_no_half_of_a_folder(company, root, moment):
    killed = f"""
import os, signal
from unittest.mock import patch
from inventory_valuation.books.closing import main
with patch("{moment}", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
    main(["2026-03-31", "--by", "chief", "--database", {str(company)!r}, "--into", {str(root)!r}])
"""
    path = os.pathsep.join(sys.path)
    done = subprocess.run([sys.executable, "-c", killed], env=os.environ | {"PYTHONPATH": path}, check=False)
    assert done.returncode == -signal.SIGKILL
    books = folder_of_books(root, BOOKS)
    assert [path.name[:11] for path in books.iterdir()] == [".2026-03-31"]
    assert read(company, root) == ([], [])
    close_periods(company, root, Act(MARCH, "chief"))
    assert [path.name for path in books.iterdir()] == ["2026-03-31"]


def test_a_folder_that_can_not_be_written_is_said_and_nothing_is_closed(company, root):
    root.write_text("a file where the folder should be")
    with pytest.raises(Refused, match=r"can't be sealed in .*: nothing of it is closed"):
        close_periods(company, root, Act(MARCH, "chief"))


def test_names_are_compared_as_governance_compares_them():
    macro = (ROOT / "macros/project/decisions.sql").read_text()
    body = re.search(r"macro bare_name\(name\) -%\}(.*?)\{%-? endmacro", macro, re.DOTALL)[1]
    bare = [re.sub(r"\s", "", text) for text in (body.replace("{{ name }}", "{}"), BARE_NAME)]
    assert bare[0] == bare[1]
