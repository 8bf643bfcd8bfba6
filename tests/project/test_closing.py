"""Closed periods: what later builds, lost files and answers of the finance system do to them, and what they can't.

How a period is sealed, who may do it and what tampering leaves stands in tests/library/test_closing.py.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from building import run_jobs

from inventory_valuation.books.closing import Act, close_periods
from inventory_valuation.demo.closing import CFO

FIRST, LAST = date(2025, 4, 30), date(2026, 5, 31)
IS_CLOSED = f"period_end between date '{FIRST}' and date '{LAST}'"
BASELINES = (
    "int_present_process_metrics",
    "frozen_baselines",
    "present_process_baselines",
)
REVIEW = ("int_reviewed_positions", "reserve_review")
BOOKS = [
    "run",
    "--full-refresh",
    "--select",
    "stg_journal_postings",
    *BASELINES,
    "books",
    *REVIEW,
]
SHOWN = ("reserves", "reserve_reasons", "reserve_rollforward", "journal_lines", "commitment_rollforward")
# A later build finds other figures: a retraining doubles what would be proposed, within cost, for other reasons; a late
# document adds a tenth to the stock of one position.
RETRAINED = """
    update governance.reserve_decisions set present_amount = least(2 * present_amount, cost_value);
    update governance.int_present_proposals set proposed_amount = least(2 * proposed_amount, cost_value);
    update governance.int_proposal_reasons set reason = 'As learned since'
"""
LATE_DOCUMENT = "".join(
    f"""
    update {table} set quantity = 1.1 * quantity, cost_value = 1.1 * cost_value{more}
    where (item_id, location_id) = (
        select (item_id, location_id) from governance.reserve_decisions group by all order by count(*) desc, 1 limit 1
    );
    """
    for table, more in (
        ("valuation.int_reserve_comparisons", ""),
        ("governance.reserve_decisions", ", proposed_amount = 1.1 * proposed_amount"),
        ("governance.int_present_proposals", ", proposed_amount = 1.1 * proposed_amount"),
    )
)
# Receipts and issues are back-dated into the last closed month: one position grows by a tenth, another vanishes.
BACKDATED = f"""
    create temp table facts as
    select item_id, location_id, row_number() over (order by reserve_amount desc, item_id, location_id) as place
    from valuation.reserve_estimates
    where method = 'champion' and valuation_date = date '{LAST}';
    update valuation.reserve_estimates set quantity = 1.1 * quantity, cost_value = 1.1 * cost_value
    where valuation_date = date '{LAST}' and (item_id, location_id) in (
        select (item_id, location_id) from facts where place = 1
    );
    delete from valuation.reserve_estimates
    where valuation_date = date '{LAST}' and (item_id, location_id) in (
        select (item_id, location_id) from facts where place = 2
    )
"""
DECIDED = ["run", "--full-refresh", "--select", "governance", "books", "int_lost_decisions", "log_integrity"]
OTHER_OUTCOMES = (
    "update outcomes.realised_outcomes set realised_loss = realised_loss / 2, is_obsolete = not is_obsolete;"
)
LOST = "drop schema books cascade; drop schema sealed cascade; drop table outcomes.frozen_baselines"


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def before(build) -> Path:
    """The build of the small company, in which nothing is closed."""
    return build.folder / "build.duckdb"


@pytest.fixture(scope="module")
def closed(build, before, tmp_path_factory):
    """Its approved periods, sealed in the folder that the builds below read."""
    root = tmp_path_factory.mktemp("closing") / "published.sealed"
    return close_periods(before, root, Act(LAST, CFO[0], with_earlier=True))


@pytest.fixture(scope="module")
def builds(build, before, closed) -> dict[str, Path]:
    """Books built again upon other figures, upon back-dated facts, and in a file that has lost them."""
    folder = closed[0].folder.parents[2]
    company = folder / "company"
    shutil.copytree(build.company, company)
    write_postings(company, before)
    shutil.copy(build.folder / "published.memory.duckdb", folder / "published.memory.duckdb")
    jobs = []
    for name, changes in {
        "changed": RETRAINED + ";" + LATE_DOCUMENT,
        "lost": OTHER_OUTCOMES + LOST,
        "backdated": BACKDATED,
    }.items():
        database = folder / name / "build.duckdb"
        database.parent.mkdir()
        shutil.copy(before, database)
        with duckdb.connect(database) as connection:
            connection.execute(changes)
        source = str(company if name == "changed" else build.company)
        jobs.append(
            {
                "name": name,
                "database": str(database),
                "words": DECIDED if name == "backdated" else BOOKS,
                "variables": {"source_path": source, "set_of_books": str(build.company)},
            }
        )
    for name, answer in run_jobs(folder, jobs).items():
        assert answer["success"], (name, answer["said"][-3000:])
    return {job["name"]: Path(job["database"]) for job in jobs}


def write_postings(company: Path, before: Path) -> None:
    """The finance system's answers to journals of the last closed period."""
    journals = f"select journal_id, debit_amount from books.journals where {IS_CLOSED} order by 2 desc, 1 limit 4"
    ids = rows(before, journals)
    (good, amount), (bad, _), (later, later_amount), (wrong, wrong_amount) = ids
    answers = [
        ("P1", good, "posted", None, datetime(2026, 6, 3), amount),
        ("P2", good, "posted", None, datetime(2026, 6, 4), amount),
        ("P3", bad, "rejected", "Posting period 05 is closed", datetime(2026, 6, 3), None),
        ("P4", later, "rejected", "Account 1490 is blocked", datetime(2026, 6, 3), None),
        ("P5", later, "posted", None, datetime(2026, 6, 5), later_amount),
        ("P6", wrong, "posted", None, datetime(2026, 6, 3), wrong_amount + 1),
        ("P7", "us_gaap-1999-12-31-addition", "posted", None, datetime(2026, 6, 3), amount),
        ("P8", bad, "maybe", None, datetime(2026, 6, 3), None),
    ]
    names = ("posting_id", "journal_id", "status", "reason", "posted_at", "debit_amount")
    table = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in answers])
    pq.write_table(table, company / "journal_postings.parquet")


def test_every_approved_period_but_the_latest_can_be_closed(before, closed):
    approved = rows(
        before,
        """select period_end from governance.period_proposals
        inner join core.valuation_dates on period_end = valuation_date
        where period_status = 'approved' and not is_latest order by 1""",
    )
    assert [(period.period_end,) for period in closed] == approved
    assert (closed[0].period_end, closed[-1].period_end) == (FIRST, LAST)
    states = rows(before, "select period_end from books.int_period_states where may_be_closed order by 1")
    assert states == approved
    assert rows(before, "select bool_or(is_closed) from books.closed_periods") == [(False,)]


def test_later_builds_show_who_closed_what(closed, builds):
    shown = rows(
        builds["changed"],
        """select period_end, closed_by, manifest_hash, bool_and(is_closed), bool_and(is_rebuilt), count(*)
        from books.closed_periods where is_closed group by all order by 1""",
    )
    of_their_time = {LAST}  # the month after had just ended when these were closed
    assert shown == [
        (period.period_end, CFO[0], period.manifest_hash, True, period.period_end not in of_their_time, 2)
        for period in closed
    ]


def test_the_log_tells_each_closing_and_each_closing_keeps_the_log(closed, builds):
    logged = rows(
        builds["backdated"],
        """select subject_id, actor, right(words, 64) from governance.audit_log where event = 'closing'
        order by entry_number""",
    )
    assert logged == [(str(period.period_end), CFO[0], period.manifest_hash) for period in closed]
    integrity = rows(builds["backdated"], "select first_broken_entry, lost_hash_count from monitoring.log_integrity")
    assert integrity == [(None, 0)]


@pytest.mark.parametrize("name", ["changed", "lost", "backdated"])
@pytest.mark.parametrize("table", SHOWN)
def test_the_books_show_closed_periods_as_they_were(before, builds, name, table):
    query = f"select * from books.{table} where {IS_CLOSED} order by all"
    assert rows(builds[name], query) == rows(before, query) != []


def test_the_review_shows_closed_periods_as_they_were(before, builds):
    columns = "quantity, cost_value, proposed_amount, decided_amount, decision_status, decided_by, carrying_value"
    query = f"""select item_id, location_id, period_end, booked_amount, {columns} from marts.reserve_review
    where {{}} {IS_CLOSED} order by all"""
    assert rows(builds["changed"], query.format("")) == rows(before, query.format(""))
    assert rows(builds["changed"], query.format("not")) != rows(before, query.format("not"))


def test_only_open_periods_are_explained_by_what_was_learned_since(builds):
    explained = rows(
        builds["changed"],
        f"""select {IS_CLOSED}, bool_or(reason = 'As learned since'),
            bool_and(reason = 'As learned since')
        from books.reserve_reasons group by 1 order by 1""",
    )
    assert explained == [(False, True, True), (True, False, False)]


def test_open_periods_go_on_from_what_was_closed(builds):
    broken = rows(
        builds["changed"],
        """with ends as (
            select max(period_end) as closed, (
                select min(period_end) from books.reserve_rollforward
                where period_end > (select max(period_end) from sealed.closings)
            ) as opened from sealed.closings
        )
        select framework, sum(closing_amount) filter (period_end = closed) as closing,
            sum(opening_amount) filter (period_end = opened) as opening
        from books.reserve_rollforward cross join ends
        group by framework having closing is distinct from opening""",
    )
    assert broken == []


def test_later_figures_are_shown_as_differences_and_posted_in_the_first_open_period(builds):
    causes = dict(rows(builds["changed"], "select cause, count(*) from books.prior_period_differences group by cause"))
    assert causes["estimate"] > 0 and causes["quantity"] > 0
    wrong = rows(
        builds["changed"],
        """select * from books.prior_period_differences
        where difference_amount <> restated_amount - reported_amount
        or (posted_in is not null) <> (period_end = (select max(period_end) from sealed.closings))""",
    )
    assert wrong == []
    # Under IFRS what is decided is booked, so that the open period makes good what the closed one lacks.
    wrong = rows(
        builds["changed"],
        """select differences.* from books.prior_period_differences as differences
        inner join books.reserves as now
            on differences.item_id = now.item_id and differences.location_id = now.location_id
            and differences.posted_in = now.period_end and differences.framework = now.framework
        where differences.framework = 'ifrs' and now.is_booked
        and differences.posted_amount <> differences.difference_amount""",
    )
    assert wrong == []


def test_as_reported_and_as_now_known_can_both_be_queried(builds):
    totals = rows(
        builds["changed"],
        """select reported.framework, sum(restated.amount - reported.amount) = any_value(differences.amount)
        from (select framework, period_end, sum(closing_amount) as amount from books.reserve_rollforward group by all)
            as reported
        inner join (select framework, period_end, sum(closing_amount) as amount from books.restated_rollforward
            group by all) as restated using (framework, period_end)
        inner join (select framework, sum(difference_amount) as amount from books.prior_period_differences
            group by all) as differences using (framework)
        where period_end in (select period_end from sealed.closings)
        group by reported.framework order by 1""",
    )
    assert totals == [("ifrs", True), ("us_gaap", True)]


@pytest.mark.parametrize(
    ("relation", "columns"),
    [
        ("approvals", "*"),
        ("period_proposals", "* exclude (present_amount)"),
        ("reserve_decisions", "* exclude (present_amount)"),
    ],
)
def test_what_was_decided_on_a_closed_period_stands_whatever_its_facts_become(before, builds, relation, columns):
    query = f"select {columns} from governance.{relation} where {IS_CLOSED} order by all"
    assert rows(builds["backdated"], query) == rows(before, query) != []


def test_later_facts_of_a_closed_period_are_a_restatement_and_no_lapse(builds):
    lost = "select count(*) from governance.approvals where approval_status = 'lapsed' and period_end = date '{}'"
    assert rows(builds["backdated"], lost.format(LAST)) == [(0,)]
    changes = f"""select cause, is_made_anew, present_quantity is null from governance.proposal_changes
    where period_end = date '{LAST}' order by all"""
    assert rows(builds["backdated"], changes) == [("facts", False, False), ("facts", False, True)]
    differences = f"select distinct cause from books.prior_period_differences where period_end = date '{LAST}'"
    assert ("quantity",) in rows(builds["backdated"], differences)


def test_the_present_process_stays_as_first_measured(before, builds):
    measured = "select * from outcomes.int_present_process_metrics order by all"
    assert rows(builds["lost"], measured) != rows(before, measured)
    for table in ("frozen_baselines", "present_process_baselines"):
        everything = f"select * from outcomes.{table} order by all"
        assert rows(builds["lost"], everything) == rows(before, everything) != []


def test_answers_of_the_finance_system_are_read_back_and_judged(builds):
    judged = dict(rows(builds["changed"], "select posting_id, refusal_reason from books.postings"))
    assert judged.pop("P6").startswith("posted with another amount than")
    assert judged == {
        "P1": None,
        "P2": "the journal had been posted already",
        "P3": None,
        "P4": None,
        "P5": None,
        "P7": "no such journal was written here",
        "P8": "the status is neither posted nor rejected",
    }
    states = rows(
        builds["changed"],
        """select posting_status, rejection_reason, refused_count from books.journals
        where is_closed order by debit_amount desc, journal_id limit 4""",
    )
    assert states == [
        ("posted", None, 1),
        ("rejected", "Posting period 05 is closed", 1),
        ("posted", None, 0),
        ("not posted", None, 1),
    ]
