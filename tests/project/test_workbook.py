"""The review workbook: every cell that is wrong is named, and only a workbook without a fault is taken."""

import csv
import shutil
from datetime import datetime

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from inventory_valuation.publishing.model_document import model_document
from inventory_valuation.publishing.workbook import (
    OVERRIDES,
    PERIODS,
    QUEUE,
    REASONS,
    export_workbook,
    import_workbook,
    read_workbook,
)

DAY = datetime(2026, 7, 3)
REQUEST = {
    "override_amount": 1,
    "reason_code": "QUALITY",
    "rationale": "Water damage in aisle 14.",
    "requested_by": "m.alvarez",
    "requested_on": DAY,
}
DECISION = {"decision": "approved", "approver": "d.hartmann", "approver_role": "controller", "decided_on": DAY}


def fill(file, sheet, row, cells):
    """Write cells of a row, by the name of their column: the last column of that name is the one to fill in."""
    book = load_workbook(file)
    columns = {cell.value: cell.column for cell in book[sheet][1]}
    for name, value in cells.items():
        book[sheet].cell(row, columns[name]).value = value
    book.save(file)


@pytest.fixture(scope="module")
def exported(build, tmp_path_factory):
    file = tmp_path_factory.mktemp("workbook") / "review.xlsx"
    assert export_workbook(build.published, file) > 20
    return file


@pytest.fixture
def workbook(exported, tmp_path):
    return shutil.copy(exported, tmp_path / "review.xlsx")


def test_a_workbook_shows_what_waits_and_says_what_may_be_filled_in(exported):
    book = load_workbook(exported)
    assert book.sheetnames == [QUEUE, OVERRIDES, PERIODS, REASONS]
    sheet = book[QUEUE]
    columns = [cell.value for cell in sheet[1]]
    assert {"item_id", "location_id", "cost_value", "calibrated_coverage_amount", "model_reserve_amount"} <= set(
        columns
    )
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [1, 2, 3]
    choices = {validation.formula1 for validation in sheet.data_validations.dataValidation}
    assert choices == {'"approved,rejected"', f"'{REASONS}'!$A$2:$A$10"}
    locked = {name: sheet.cell(2, place).protection.locked for place, name in enumerate(columns, 1)}
    assert sheet.protection.sheet and locked["proposal_hash"] and not locked["rationale"]


def test_what_was_filled_in_comes_back_as_rows_bound_to_their_figures(build, workbook):
    fill(workbook, QUEUE, 2, REQUEST)
    fill(workbook, QUEUE, 3, DECISION | {"comment": "Evidence seen."})
    fill(workbook, PERIODS, 2, DECISION | {"decision": "rejected"})
    overrides, approvals, faults = read_workbook(workbook, build.published)
    assert faults == []
    (override,) = overrides.to_pylist()
    assert (str(override["reserve_amount"]), override["requested_at"], override["expires_on"]) == ("1.0000", DAY, None)
    kinds = [(row["subject_type"], row["decision"], row["approver"]) for row in approvals.to_pylist()]
    assert kinds == [("write_down", "approved", "d.hartmann"), ("period", "rejected", "d.hartmann")]
    assert all(len(row["subject_id"].split("#")[1]) == 64 for row in approvals.to_pylist())


def test_who_decides_in_the_row_of_a_request_decides_on_the_request(build, workbook):
    """So that an override is asked for and approved in one workbook, and stands after one build."""
    fill(workbook, QUEUE, 2, REQUEST | DECISION)
    overrides, approvals, faults = read_workbook(workbook, build.published)
    assert faults == []
    (override,), (approval,) = overrides.to_pylist(), approvals.to_pylist()
    assert (approval["subject_type"], approval["subject_id"]) == ("override", override["override_id"])


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (REQUEST | {"override_amount": -1}, "override_amount", "between 0 and the cost"),
        (REQUEST | {"override_amount": 1e12}, "override_amount", "between 0 and the cost"),
        (REQUEST | {"override_amount": "a lot"}, "override_amount", "no number"),
        (REQUEST | {"reason_code": "BECAUSE"}, "reason_code", "choose a reason code"),
        (REQUEST | {"rationale": "so"}, "rationale", "say why"),
        (REQUEST | {"requested_by": None}, "requested_by", "name"),
        (REQUEST | {"requested_on": "soon"}, "requested_on", "no date"),
        (REQUEST | {"expires_on": "never"}, "expires_on", "no date"),
        (DECISION | {"decision": "maybe"}, "decision", "approved or rejected"),
        (DECISION | {"approver": None}, "approver", "name"),
        (DECISION | {"approver_role": None}, "approver_role", "role"),
        (DECISION | {"decided_on": None}, "decided_on", "missing"),
        (REQUEST | DECISION | {"approver": "M.Alvarez"}, "approver", "may not decide"),
        (DECISION | {"proposal_hash": "0" * 64}, "proposal_hash", "has changed"),
        (DECISION | {"item_id": "NO-SUCH-ITEM"}, "item_id", "no reserve is proposed"),
    ],
)
def test_a_fault_names_its_cell_and_nothing_is_taken(build, workbook, tmp_path, cells, column, words):
    fill(workbook, QUEUE, 2, cells)
    fill(workbook, QUEUE, 3, DECISION)
    overrides, approvals, faults = import_workbook(workbook, build.published, tmp_path)
    columns = {cell.value: cell.column_letter for cell in load_workbook(workbook)[QUEUE][1]}
    assert (overrides, approvals, [fault.place for fault in faults]) == (0, 0, [f"{QUEUE}!{columns[column]}2"])
    assert words in faults[0].sentence
    assert not list(tmp_path.glob("reserve_*"))


def test_importing_twice_adds_nothing_the_second_time(build, workbook, tmp_path):
    for name in ("reserve_overrides", "reserve_approvals"):
        shutil.copy(build.company / f"{name}.parquet", tmp_path)
    before = pq.read_table(tmp_path / "reserve_approvals.parquet")
    fill(workbook, QUEUE, 2, REQUEST | DECISION)
    assert import_workbook(workbook, build.published, tmp_path) == (1, 1, [])
    after = pq.read_table(tmp_path / "reserve_approvals.parquet")
    assert after.schema == before.schema and after.slice(0, len(before)) == before and len(after) == len(before) + 1
    assert import_workbook(workbook, build.published, tmp_path) == (0, 0, [])


def test_lines_of_a_csv_file_stay_as_they_are(build, workbook, tmp_path):
    text = "approval_id;subject_type;subject_id;decision;approver;approver_role;decided_at\n007;period;x;ok;a;b;1\n"
    (tmp_path / "reserve_approvals.csv").write_text(text)
    fill(workbook, QUEUE, 2, DECISION)
    assert import_workbook(workbook, build.published, tmp_path) == (0, 1, [])
    written = (tmp_path / "reserve_approvals.csv").read_text()
    assert written.startswith(text)
    (*_, added) = csv.reader(written.splitlines(), delimiter=";")
    assert added[1] == "write_down" and added[3:] == ["approved", "d.hartmann", "controller", "2026-07-03 00:00:00"]


def test_the_model_document_answers_every_question_from_the_published_file(build):
    import duckdb

    with duckdb.connect(build.published, read_only=True) as connection:
        text = model_document(connection)
    assert "```" not in text
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(headings) == 9 and headings[1] == "## 2. The practice before"
    for words in (
        "static_ageing",
        "us_gaap",
        "the log is as it was written",
        "equal_reserve_unexpected",
        "controller",
    ):
        assert words in text
    missing = [line for line in text.splitlines() if line.startswith("This build has no")]
    assert missing in ([], ["This build has no `learning.reserve_sensitivity`."])
