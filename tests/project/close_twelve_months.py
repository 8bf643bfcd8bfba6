"""Twelve months closed one after another, as a company would: by hand, since it takes twelve whole builds.

    python tests/project/close_twelve_months.py FOLDER

Each month is built from what was known nine days after its end: by then the month is approved, somebody closes the one
before it, and the finance system has answered to the journals of the months before that. In between a late document
turns up, the models are trained on other data, and a posting is rejected. After every build the folders of closed
periods are as they were, the books show what they hold, and all ties.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from building import run_dbt, write_company

from inventory_valuation.books.closing import Act, Refused, close_periods, told_of
from inventory_valuation.demo.closing import CFO
from inventory_valuation.demo.deliveries import write_until
from inventory_valuation.provenance import file_hash

MONTHS = 12
LATE, RETRAINED, REJECTED = 5, 8, 3
SHOWN = ("reserves", "reserve_reasons", "reserve_rollforward", "journal_lines", "commitment_rollforward")
# Every test of the project stops a build; these are the totals that two readers would compare.
TIES = {
    "executive and controller": """
        select period_end, sum(controller) - sum(executive) from (
            select period_end, booked_amount as controller, 0 as executive from marts.reserve_by_category
            union all select period_end, 0, booked_amount from marts.portfolio_risk
        ) group by period_end having sum(controller) <> sum(executive)""",
    "journal and balance sheet": """
        with changes as (
            select framework, sum(case when entry_kind = 'addition' then credit_amount
                when entry_kind in ('relieved_by_sale', 'relieved_by_scrap', 'reversal') then -debit_amount else 0 end)
                as amount
            from books.journal_lines group by framework
        ), first as (
            select framework, sum(opening_amount) as amount from books.reserve_rollforward
            where period_end = (select min(period_end) from books.reserve_rollforward) group by framework
        )
        select framework, sum(cost_value - carrying_value) - any_value(first.amount + changes.amount)
        from books.reserves inner join changes using (framework) inner join first using (framework)
        where is_latest_period group by framework having 2 is null or sum(cost_value - carrying_value)
            <> any_value(first.amount + changes.amount)""",
    "tie-outs": "select * from marts.tie_outs where not is_tied",
    "unbalanced journals": """
        select journal_id from books.journal_lines group by 1 having sum(debit_amount) <> sum(credit_amount)""",
}


def month_ends(company: Path) -> list[date]:
    """The last month ends before the data end, oldest first; some sales are dated wrongly, far ahead."""
    last = duckdb.sql(
        f"select quantile_disc(try_cast(sold_at as date), 0.995) from '{company / 'sales.parquet'}'"
    ).fetchall()[0][0]
    ends = [last.replace(day=1) - timedelta(days=1)]
    for _ in range(MONTHS - 1):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


def write_month(company: Path, folder: Path, number: int, end: date, published: Path) -> None:
    """The input tables as they were known nine days after a month's end, with the month's incidents."""
    write_until(company, folder, str(end + timedelta(days=9)))
    with duckdb.connect() as connection:
        if number >= LATE:
            # A receipt of two months before turns up without a word on when it was booked: the past itself changes.
            replace(
                connection,
                folder / "receipts.parquet",
                f"""select * from this union all by name
                select * replace ('LATE-1' as receipt_id, quantity / 2 as quantity) from (
                    select * from this where try_cast(received_at as date) < date '{month_ends(company)[LATE]}' - 40
                    order by quantity * unit_cost desc, receipt_id, line_no limit 1
                )""",
            )
        if number >= RETRAINED:
            # The history that the models learn from is corrected: every model of every past date becomes another one.
            replace(connection, folder / "prices.parquet", "select * from this where hash(item_id) % 3 <> 0")
        if published.exists():
            postings = answers(published, number, end)
            pq.write_table(postings, folder / "journal_postings.parquet")


def replace(connection: duckdb.DuckDBPyConnection, file: Path, query: str) -> None:
    connection.execute(f"create or replace temp table this as from '{file}'")
    connection.execute(f"copy ({query}) to '{file}' (format parquet)")


def answers(published: Path, number: int, end: date) -> pa.Table:
    """The finance system posts every journal of a closed period; one it rejects first, and one it posts twice."""
    with duckdb.connect(published, read_only=True) as connection:
        journals = connection.execute(
            "select journal_id, debit_amount, period_end from books.journals where is_closed order by period_end, 1"
        ).fetchall()
    rows = []
    for order, (journal, amount, period) in enumerate(journals):
        answer = {
            "journal_id": journal,
            "posted_at": datetime(period.year, period.month, period.day) + timedelta(days=45),
            "debit_amount": amount,
        }
        rejected = order == 3
        if rejected:
            rows.append(answer | {"posting_id": f"R-{journal}", "status": "rejected", "reason": "Account is blocked"})
        if not rejected or number > REJECTED:
            rows.append(answer | {"posting_id": f"P-{journal}", "status": "posted", "reason": None})
        if order == 5:
            rows.append(answer | {"posting_id": f"D-{journal}", "status": "posted", "reason": None})
    names = {"posting_id": pa.string(), "journal_id": pa.string(), "status": pa.string(), "reason": pa.string()}
    types = names | {"posted_at": pa.timestamp("us"), "debit_amount": pa.decimal128(18, 4)}
    return pa.Table.from_pylist(rows, pa.schema(list(types.items())))


def check(published: Path, sealed: Path, before: dict[Path, str]) -> str:
    """Whatever was closed stands; all ties; the sentence says what happened."""
    assert before.items() <= hashes(sealed).items(), "what was closed has changed"
    with duckdb.connect(published, read_only=True) as connection:
        for name, query in TIES.items():
            assert connection.execute(query).fetchall() == [], name
        for table in SHOWN if before else ():
            kept = f"select * from read_parquet('{sealed}/*/*/{table}.parquet')"
            columns = ", ".join(row[0] for row in connection.execute(f"describe {kept}").fetchall())
            shown = f"select {columns} from books.{table} where period_end in (select period_end from ({kept}))"
            for one, other in ((kept, shown), (shown, kept)):
                assert connection.execute(f"{one} except all {other}").fetchall() == [], table
        facts = connection.execute(
            """select
                (select count(distinct period_end) from books.closed_periods where is_closed and not is_rebuilt),
                (select count(*) from books.prior_period_differences),
                (select coalesce(sum(posted_amount), 0) from books.prior_period_differences where framework = 'ifrs'),
                (select count(*) filter (posting_status = 'posted') from books.journals),
                (select count(*) filter (posting_status = 'rejected') from books.journals),
                (select coalesce(sum(refused_count), 0) from books.journals),
                (select count(*) from governance.overrides where override_status = 'applied')"""
        ).fetchall()[0]
    return (
        "{} closed in turn; {} prior-period differences, {} posted under IFRS; {} journals posted, {} rejected; "
        "{} answers refused; {} overrides applied"
    ).format(*facts)


def hashes(sealed: Path) -> dict[Path, str]:
    """The hash of every file in the folders of closed periods."""
    return {path: file_hash(path) for path in sealed.rglob("*") if path.is_file()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", default="40")
    asked = parser.parse_args()
    company = write_company(asked.folder / "company", "--items", asked.items, "--locations", "2")
    published, sealed = asked.folder / "books/published.duckdb", asked.folder / "books/published.sealed"
    closed: dict[Path, str] = {}
    ends = month_ends(company)
    for number, end in enumerate(ends):
        source = asked.folder / f"{end}"
        write_month(company, source, number, end, published)
        # The checks below stand for the data tests, all of which the last build runs.
        skipped = ["unit_test"] if number == MONTHS - 1 else ["unit_test", "test"]
        code, output = run_dbt(
            asked.folder / "books",
            *("build", "--exclude-resource-type", *skipped),
            source_path=str(source),
            set_of_books="twelve months",
        )
        assert code == 0, output[-5000:]
        print(f"{end}: {check(published, sealed, closed)}", flush=True)
        if number:
            act = Act(ends[number - 1], CFO[0], with_earlier=True)
            try:
                for period in close_periods(asked.folder / "books/build.duckdb", sealed, act):
                    print(f"  {told_of(period)}", flush=True)
            except Refused as refusal:
                # A late document takes the month's approval from it: the next approved one closes it too.
                print(f"  {refusal}", flush=True)
        closed = hashes(sealed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
