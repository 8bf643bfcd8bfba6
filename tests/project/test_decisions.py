"""What it takes to get an amount booked: requests and decisions of every dishonest kind, and the honest ones.

The small company's requests and decisions are replaced: each attempt gets an item of its own in one period, each
decision on a period a period of its own. Governance and books are built over them. Then figures, requests and the log
are tampered with, and all is built again in the same file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from building import run_dbt
from openpyxl import load_workbook
from test_workbook import fill

from inventory_valuation.publishing.workbook import QUEUE, export_workbook, import_workbook
from inventory_valuation.summary.attention import first_lines
from inventory_valuation.summary.changes import change_lines

FINE = Decimal("0.0001")
REQUEST = {
    "override_id": pa.string(),
    "item_id": pa.string(),
    "location_id": pa.string(),
    "period_end": pa.date32(),
    "reserve_amount": pa.decimal128(18, 4),
    "reason_code": pa.string(),
    "rationale": pa.string(),
    "requested_by": pa.string(),
    "requested_at": pa.timestamp("us"),
    "expires_on": pa.date32(),
    "loaded_at": pa.timestamp("us"),
}
DECISION = {
    "approval_id": pa.string(),
    "subject_type": pa.string(),
    "subject_id": pa.string(),
    "decision": pa.string(),
    "approver": pa.string(),
    "approver_role": pa.string(),
    "decided_at": pa.timestamp("us"),
    "comment": pa.string(),
}


@dataclass(frozen=True)
class Place:
    """An item in a period: its positions as (location, cost, proposal), dearest first."""

    item: str
    end: date
    positions: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def cost(self) -> Decimal:
        return sum(cost for _, cost, _ in self.positions)

    @property
    def proposed(self) -> Decimal:
        return sum(amount for *_, amount in self.positions)

    @property
    def below_cost(self) -> Decimal:
        """An amount that the dearest position bears and that nobody proposed."""
        _, cost, proposed = self.positions[0]
        amount = min(cost / 3, Decimal(4000)).quantize(FINE)
        return amount - FINE if amount == proposed else amount

    def on(self, days: int, hour: int = 10) -> datetime:
        """A moment so many days after the period's end."""
        return datetime(self.end.year, self.end.month, self.end.day, hour) + timedelta(days)


@dataclass(frozen=True)
class Case:
    """What is asked for and decided, each a dictionary of what differs from an honest one."""

    sentence: str = ""
    requests: list[dict] = field(default_factory=lambda: [{}])
    decisions: list[dict] = field(default_factory=lambda: [{}])
    status: str = "refused"
    fits: Callable[[Place], bool] = lambda place: True
    amount: Callable[[Place], Decimal] = lambda place: place.below_cost


def asks(sentence, status="refused", **changes):
    """One request that differs, honestly approved."""
    return Case(sentence, [changes], status=status)


def decides(sentence, *decisions, status="awaiting approval", **rest):
    """An honest request, decided as told."""
    return Case(sentence, decisions=list(decisions), status=status, **rest)


EVERYWHERE = {"location_id": None}
CFO = {"approver": "l.nakamura", "approver_role": "cfo"}
ACCOUNTANT = {"approver": "p.osei", "approver_role": "inventory_accountant"}
REJECTED = {"decision": "rejected", "decided_at": lambda place: place.on(3)}
LATER = {"decided_at": lambda place: place.on(4)}
NOT_HIS = "the role is not the approver's own"
HASH = "0" * 64
LATE = "it came late: a later period had been approved before"
LATE_DECISION = {"decided_at": lambda place: place.on(700)}
OWN = "the one who asked may not decide"
AUTHORITY = "the amount at stake is above the authority of the role"
CHANGED = "its id stands on rows that differ"
LATER_REQUEST = {"requested_at": lambda place: place.on(1, 12)}
TWO = {"fits": lambda place: len(place.positions) == 2}
ALL_OF_IT = {"reserve_amount": lambda place: place.proposed, **EVERYWHERE}


ATTEMPTS = {
    # the one who decides
    "own request": decides(OWN, {"approver": "m.alvarez"}),
    "own request in capitals and spaces": decides(OWN, {"approver": "  M.Alvarez "}),
    "own request without the dot": decides(OWN, {"approver": "m alvarez"}),
    "own request by mail address": decides(OWN, {"approver": "m.alvarez@company.com"}),
    "own request spelled otherwise there": Case(OWN, [{"requested_by": " D. HARTMANN"}], status="awaiting approval"),
    "nobody decided": decides("nobody decided it", {"approver": None}),
    "decided by a dash": decides("nobody decided it", {"approver": "-"}),
    "role unknown": decides("the role has no authority", {"approver_role": "chief"}),
    "role empty": decides("the role has no authority", {"approver_role": None}),
    "role of somebody else": decides(NOT_HIS, {"approver_role": "cfo"}),
    "role of the automatic booking": decides("the role has no authority", {"approver_role": "automatic"}),
    "role too low for the amount": Case(
        AUTHORITY,
        [{"reserve_amount": Decimal("5000.0001")}],
        [ACCOUNTANT],
        "awaiting approval",
        lambda place: place.positions[0][1] > 5001,
    ),
    "role too low for what is released": Case(
        AUTHORITY,
        [{"reserve_amount": Decimal(0), **EVERYWHERE}],
        [ACCOUNTANT],
        "awaiting approval",
        lambda place: place.proposed > 5000,
    ),
    "role too low for what stays": Case(
        AUTHORITY, [ALL_OF_IT], [ACCOUNTANT], "awaiting approval", lambda place: place.proposed > 5000
    ),
    # the decision
    "no decision": decides(""),
    "rejected": decides("rejected by d.hartmann", REJECTED, status="rejected"),
    "approved, then rejected": decides("rejected by d.hartmann", {}, REJECTED, status="rejected"),
    "approved and rejected at once": decides("rejected by d.hartmann", {}, {"decision": "rejected"}, status="rejected"),
    "rejected by the CFO, then approved by a controller": decides(
        "rejected by l.nakamura", CFO | REJECTED, LATER, status="rejected"
    ),
    "neither approved nor rejected": decides("the decision is neither approved nor rejected", {"decision": "ok"}),
    "approved before it was asked for": decides(
        "it was decided before it was asked for", {"decided_at": lambda place: place.on(1, 9)}
    ),
    "approved at no known time": decides("it is not known when it was decided", {"decided_at": None}),
    "approved after it expired": Case(
        "the override had expired when it was decided",
        [{"expires_on": lambda place: place.end + timedelta(1)}],
        status="awaiting approval",
    ),
    "approved over other figures": decides("it has lapsed", {"subject_id": f"approved over other figures#{HASH}"}),
    "approved after a later period": Case(
        LATE, [{"expires_on": None}], [LATE_DECISION], "awaiting approval", lambda place: place.end < date(2025, 12, 1)
    ),
    "another override approved": decides("", {"subject_id": "some other request"}),
    "approved as a write-down": decides("", {"subject_type": "write_down"}),
    "approved as a period": decides("", {"subject_type": "period"}),
    "two decisions under one id": decides(CHANGED, {}, {"approval_id": "AP two decisions under one id 1"} | LATER),
    "decision rejected under one id, approved under it too": decides(
        "rejected by d.hartmann",
        {},
        {"approval_id": "AP decision rejected under one id, approved under it too 1"} | REJECTED,
        status="rejected",
    ),
    # the request
    "expired": asks("it expired on", "expired", expires_on=lambda place: place.end - timedelta(1)),
    "negative amount": asks("the amount is negative", reserve_amount=Decimal("-10")),
    "above the cost of the position": asks(
        "the amount is above the cost of its stock", reserve_amount=lambda place: place.positions[0][1] + FINE
    ),
    "above the cost of the item": asks(
        "the amount is above the cost of its stock", reserve_amount=lambda place: place.cost + FINE, **EVERYWHERE
    ),
    "unknown reason code": asks("the reason code is unknown", reason_code="BECAUSE"),
    "no reason code": asks("the reason code is unknown", reason_code=None),
    "empty rationale": asks("the rationale says nothing", rationale="   "),
    "rationale of dots": asks("the rationale says nothing", rationale=". . . . . . . . . . . ."),
    "no requester": asks("nobody asked for it", requested_by=None),
    "requester of spaces and dots": asks("nobody asked for it", requested_by=" . "),
    "no time of the request": asks("it is not known when it was asked for", requested_at=None),
    "unknown item": asks("item_id is unknown", "quarantined", item_id="NO-SUCH-ITEM"),
    "unknown location": asks("the location is unknown", location_id="NO-SUCH-PLACE"),
    "no month end": asks("the period is no month end", period_end=lambda place: place.end - timedelta(1)),
    "a period to come": asks("the period is no month end", period_end=date(2031, 1, 31)),
    "a period without proposals": asks(
        "no reserve was proposed for it in this period", period_end=lambda place: date(2024, 1, 31)
    ),
    "superseded by a later request": Case(
        "a later request, superseded by a later request 2, stands in its place", [{}, LATER_REQUEST], [{}], "superseded"
    ),
    "superseded for one of its positions": Case(
        "a later request, superseded for one of its positions 2,",
        [EVERYWHERE, LATER_REQUEST],
        [{}],
        "superseded",
        **TWO,
    ),
    "two requests under one id": Case(
        CHANGED, [{}, {"override_id": "two requests under one id", "reserve_amount": Decimal("0.5")}]
    ),
    "amount changed after the approval": Case(
        CHANGED,
        [
            {"reserve_amount": Decimal("0.5")},
            {"override_id": "amount changed after the approval", "loaded_at": lambda place: place.on(5)},
        ],
    ),
}
HONEST = {
    "one position": decides("", {}, status="applied"),
    "all positions of an item": Case("", [EVERYWHERE], status="applied", **TWO),
    "all positions at their whole cost": Case(
        "",
        [EVERYWHERE | {"reserve_amount": lambda place: place.cost}],
        [CFO],
        "applied",
        TWO["fits"],
        lambda place: place.cost,
    ),
    "nothing": Case("", [{"reserve_amount": Decimal(0)}], status="applied", amount=lambda place: Decimal(0)),
    "by an accountant, within limits": decides("", ACCOUNTANT, status="applied", fits=lambda place: place.cost < 4500),
    "role and code in other case": Case(
        "", [{"reason_code": "quality "}], [{"approver_role": " Controller", "decision": "Approved"}], "applied"
    ),
    "approved twice": decides("", {}, LATER, status="applied"),
    "rejected, then approved by the CFO": decides("", REJECTED, CFO | LATER, status="applied"),
    "self-approval beside a valid one": decides("", {}, {"approver": "m.alvarez"} | LATER, status="applied"),
    "refused request after it": Case("", [{}, LATER_REQUEST | {"reason_code": "BECAUSE"}], [{}], "applied"),
}
WRITE_DOWN = {"subject_type": "write_down", "subject_id": "{item}@{location}@{end}"}
WRITE_DOWN_ATTEMPTS = {
    f"write-down, {name}": Case(sentence, [], [WRITE_DOWN | changes], "awaiting approval")
    for name, sentence, changes in (
        ("role without write-downs", "the role has no authority", ACCOUNTANT),
        ("role of somebody else", NOT_HIS, {"approver_role": "cfo"}),
        ("hash of another", "it has lapsed", {"subject_id": f"{{item}}@{{location}}@{{end}}#{HASH}"}),
        ("position unknown", "the write-down is unknown", {"subject_id": "{item}@NO-SUCH-PLACE@{end}"}),
        ("period unknown", "the write-down is unknown", {"subject_id": "{item}@{location}@{day_before}"}),
        ("before the period ended", "before the period ended", {"decided_at": lambda place: place.on(-1)}),
    )
} | {"write-down, rejected": Case("", [], [WRITE_DOWN | REJECTED], "write-down rejected")}
HONEST_WRITE_DOWNS = {
    "write-down": Case("", [], [WRITE_DOWN], "write-down approved"),
    "write-down, by its hash": Case(
        "", [], [WRITE_DOWN | {"subject_id": "{item}@{location}@{end}#{proposal}"}], "write-down approved"
    ),
    "write-down, rejected then approved by the CFO": Case(
        "", [], [WRITE_DOWN | REJECTED, WRITE_DOWN | CFO | LATER], "write-down approved"
    ),
}
WRITE_DOWNS = WRITE_DOWN_ATTEMPTS | HONEST_WRITE_DOWNS
PERIOD_ATTEMPTS = {
    "period, role without periods": decides("the role has no authority", ACCOUNTANT),
    "period, role unknown": decides("the role has no authority", {"approver_role": "chief"}),
    "period, nobody": decides("nobody decided it", {"approver": " . "}),
    "period, hash of another": decides("it has lapsed", {"subject_id": "{end}#{other_hash}"}),
    "period, hash cut short": decides("it has lapsed", {"subject_id": "{end}#{short_hash}"}),
    "period, no hash after the sign": decides("it has lapsed", {"subject_id": "{end}#"}),
    "period, before it ended": decides(
        "it was decided before the period ended", {"decided_at": lambda place: place.on(-1)}
    ),
    "period, rejected": decides("", REJECTED, status="rejected"),
    "period, approved then rejected": decides("", {}, REJECTED, status="rejected"),
    "period, rejected by the CFO": decides(
        "a role of higher authority had decided before", CFO | REJECTED, LATER, status="rejected"
    ),
    "period, role of somebody else": decides(NOT_HIS, {"approver_role": "cfo"}),
    "period, no month end": decides("the period is unknown", {"subject_id": "{day_before}"}),
    "period, as an override": decides("the override is unknown", {"subject_type": "override"}),
}
HONEST_PERIODS = {
    "period": decides("", {}, status="approved"),
    "period, by its hash": decides("", {"subject_id": " {end}#{hash}"}, status="approved"),
    "period, rejected then approved by the CFO": decides("", REJECTED, CFO | LATER, status="approved"),
}
REJECTED_WITH_ITS_PERIOD = "override in a rejected period"
LATE_COST = "a cost that came late in an approved period"
PERIOD_CASES = PERIOD_ATTEMPTS | HONEST_PERIODS


# Approved, and changed thereafter
RAISED, REPRICED = "approved, then asked for otherwise", "approved, then of another cost"
OVERRIDES_TAMPERED = {RAISED: Case("", status="applied"), REPRICED: Case("", status="applied")}
WRITE_DOWNS_TAMPERED = {"write-down, then of another cost": Case("", [], [WRITE_DOWN], "write-down approved")}
TAMPERED = OVERRIDES_TAMPERED | WRITE_DOWNS_TAMPERED
# Approved, and then trained otherwise: what was approved stands
RETRAINED = {
    "approved, then trained otherwise": Case("", status="applied"),
    "write-down, then trained otherwise": Case("", [], [WRITE_DOWN], "write-down approved"),
}


@dataclass(frozen=True)
class Outcome:
    """The built rooms, and where each case was tried."""

    connection: duckdb.DuckDBPyConnection
    places: dict[str, Place]

    def rows(self, query: str, *values: object) -> list[tuple]:
        return self.connection.execute(query, values).fetchall()

    def status(self, name: str) -> tuple[str, str]:
        """What became of an override, and why."""
        (row,) = self.rows(
            "select override_status, refusal_reason from governance.overrides where override_id = ?", name
        )
        return row

    def refusals(self, name: str) -> list[str]:
        """Why the decisions of a case do not count."""
        query = """select refusal_reason from governance.approvals
            where approval_id like ? and refusal_reason is not null"""
        return [reason for (reason,) in self.rows(query, f"AP {name} _")]

    def position_status(self, name: str) -> tuple:
        """Decision status, whether it is booked, and whether what was decided is the proposal, of a case's position."""
        place = self.places[name]
        query = """select decision_status, is_booked, decided_amount = proposed_amount
            from governance.reserve_decisions where item_id = ? and location_id = ? and period_end = ?"""
        return self.rows(query, place.item, place.positions[0][0], place.end)[0]

    def decided(self, name: str) -> dict[str, tuple[Decimal, Decimal, bool]]:
        """By location: proposed, decided, whether it is booked."""
        place = self.places[name]
        query = """select location_id, proposed_amount, decided_amount, is_booked from governance.reserve_decisions
            where (item_id = ? or ? = '') and period_end = ?"""
        return {row[0]: row[1:] for row in self.rows(query, place.item, place.item, place.end)}

    def booked(self, name: str) -> tuple[Decimal, Decimal, Decimal]:
        """Additions, reversals and closing under IFRS, which follows a decision up and down."""
        place = self.places[name]
        query = """select sum(addition_amount), sum(reversal_amount), sum(closing_amount)
            from books.reserve_rollforward
            where framework = 'ifrs' and (item_id = ? or ? = '') and period_end = ?"""
        return self.rows(query, place.item, place.item, place.end)[0]


@pytest.fixture(scope="module")
def outcome(build, tmp_path_factory):
    folder = tmp_path_factory.mktemp("decisions")
    tables = shutil.copytree(build.company, folder / "tables")
    shutil.copy(build.folder / "build.duckdb", folder / "build.duckdb")
    with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
        hashes = dict(connection.execute("select period_end, period_hash from governance.period_proposals").fetchall())
        known = read_places(connection)
        proposals = {
            row[:3]: row[3]
            for row in connection.execute(
                "select item_id, location_id, period_end, proposal_hash from governance.reserve_decisions"
            ).fetchall()
        }
    periods = dict(zip(PERIOD_CASES, sorted(hashes), strict=False))
    assert len(periods) == len(PERIOD_CASES) < len(hashes)
    # An override needs a period that is neither approved nor rejected, to be seen alone.
    whole = {periods[name] for name, case in PERIOD_CASES.items() if case.status != "awaiting approval"}
    places = give_places(
        ATTEMPTS | HONEST | WRITE_DOWNS | TAMPERED | RETRAINED, [place for place in known if place.end not in whole]
    )
    rejected = next(place for place in known if place.end == periods["period, rejected"])
    places[REJECTED_WITH_ITS_PERIOD] = rejected
    places[LATE_COST] = next(place for place in known if place.end == periods["period"])
    places |= {name: Place("", end, ()) for name, end in periods.items()}

    overrides = ATTEMPTS | HONEST | OVERRIDES_TAMPERED | {REJECTED_WITH_ITS_PERIOD: Case()}
    overrides |= {name: case for name, case in RETRAINED.items() if case.requests}
    requests = [row for name, case in overrides.items() for row in requests_of(name, case, places[name])]
    decisions = [row for name, case in overrides.items() for row in decisions_of(name, case, places[name], name)]
    write_downs = WRITE_DOWNS | WRITE_DOWNS_TAMPERED | RETRAINED
    for name, case in write_downs.items():
        if case.requests:
            continue
        decisions += decisions_of(name, case, places[name], "")
    for name, case in PERIOD_CASES.items():
        decisions += decisions_of(name, case, places[name], "{end}", subject_type="period")
    for row in decisions:
        place = row["place"]
        end = place.end
        item, location = (place.item, place.positions[0][0]) if place.positions else ("", "")
        row["subject_id"] = row["subject_id"].format(
            item=item,
            location=location,
            proposal=proposals.get((item, location, end)),
            end=end,
            day_before=end - timedelta(1),
            hash=hashes[end],
            short_hash=hashes[end][:8],
            other_hash=hashes[min(day for day in hashes if day != end)],
        )
    pq.write_table(pa.Table.from_pylist(requests, pa.schema(REQUEST.items())), tables / "reserve_overrides.parquet")
    pq.write_table(pa.Table.from_pylist(decisions, pa.schema(DECISION.items())), tables / "reserve_approvals.parquet")
    places |= decide_in_a_workbook(build.published, folder / "review.xlsx", tables, places)

    code, output = run_dbt(
        folder,
        *("build", "--select", "stg_reserve_overrides", "stg_reserve_approvals", "int_unused_rows"),
        *("quarantine", "governance", "books", "--indirect-selection", "cautious"),
        source_path=str(tables),
        set_of_books="decisions",
    )
    assert code == 0, output[-6000:]
    with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
        yield Outcome(connection, places)


@pytest.fixture(scope="module")
def tampered(outcome, tmp_path_factory):
    """What is built after a training, costs, an approved request and the log were changed, and whether it passed."""
    folder = tmp_path_factory.mktemp("tampered")
    (path,) = {Path(row[2]) for row in outcome.rows("pragma database_list")}
    tables = path.parent / "tables"
    shutil.copy(path, folder / "build.duckdb")
    requests = pq.read_table(tables / "reserve_overrides.parquet").to_pylist()
    for row in requests:
        if row["override_id"] == RAISED:
            row["reserve_amount"] -= FINE
    pq.write_table(pa.Table.from_pylist(requests, pa.schema(REQUEST.items())), tables / "reserve_overrides.parquet")
    with duckdb.connect(folder / "build.duckdb") as connection:
        connection.execute(
            "update valuation.reserve_estimates set reserve_amount = reserve_amount * 0.9 where method = 'champion'"
        )
        connection.execute("update learning.predictions set run_id = 'another'")
        for name in (*WRITE_DOWNS_TAMPERED, REPRICED, LATE_COST):
            place = outcome.places[name]
            connection.execute(
                """update valuation.reserve_estimates set cost_value = cost_value + 0.0001
                where item_id = ? and location_id = ? and valuation_date = ?""",
                [place.item, place.positions[0][0], place.end],
            )
        # What a build leaves as it was it knows by its own record: the tables are taken out of it.
        changed = ["valuation.reserve_estimates", "learning.predictions"]
        connection.execute("delete from remembered.built_tables where table_name in ?", [changed])
        connection.execute("update governance.audit_log set actor = 'p.osei' where subject_id = 'AP period 1'")
    code, output = run_dbt(
        folder,
        *("build", "--select", "stg_reserve_overrides", "int_unused_rows", "governance", "log_integrity"),
        *("int_lost_decisions", "close_status", "decisions_without_effect"),
        *("changes_since_last_build", "--indirect-selection", "cautious"),
        source_path=str(tables),
        set_of_books="decisions",
    )
    with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
        yield Outcome(connection, outcome.places), code, output


@pytest.fixture(scope="module")
def after_a_failure(outcome, tampered, tmp_path_factory) -> Path:
    """The file of the build that failed, after the next build began."""
    folder = tmp_path_factory.mktemp("after_a_failure")
    afterwards, *_ = tampered
    (path,) = {Path(row[2]) for row in afterwards.rows("pragma database_list")}
    (first,) = {Path(row[2]) for row in outcome.rows("pragma database_list")}
    shutil.copy(path, folder / "build.duckdb")
    variables = {"source_path": str(first.parent / "tables"), "set_of_books": "decisions"}
    code, output = run_dbt(folder, "run", "--select", "role_holders", **variables)
    assert code == 0, output[-3000:]
    assert "rows of a build that did not pass are taken out" in output
    return folder / "build.duckdb"


def decide_in_a_workbook(published: Path, file: Path, tables: Path, taken: dict[str, Place]) -> dict[str, Place]:
    """An override asked for and a write-down approved in a workbook, each at a place that no case has taken."""
    export_workbook(published, file)
    sheet = load_workbook(file)[QUEUE]
    columns = [cell.value for cell in sheet[1]]
    used = {(place.item, place.end) for place in taken.values()}
    rows = enumerate(sheet.iter_rows(min_row=2, values_only=True), 2)
    places = {row: place_in(dict(zip(columns, values, strict=True))) for row, values in rows}
    free = [(row, place) for row, place in places.items() if (place.item, place.end) not in used]
    (first, asked), (second, decided), *_ = free
    day = datetime(2026, 7, 2)
    request = {"override_amount": 0, "reason_code": "QUALITY", "rationale": "Sold as new after a repair."}
    fill(file, QUEUE, first, request | {"requested_by": "m.alvarez", "requested_on": day})
    decision = {"decision": "approved", "approver": "l.nakamura", "approver_role": "cfo", "decided_on": day}
    fill(file, QUEUE, second, decision)
    assert import_workbook(file, published, tables) == (1, 1, [])
    return {"workbook, asked": asked, "workbook, decided": decided}


def place_in(row: dict) -> Place:
    return Place(row["item_id"], row["period_end"].date(), ((row["location_id"], row["cost_value"], Decimal(0)),))


def read_places(connection: duckdb.DuckDBPyConnection) -> list[Place]:
    """Every item and period with proposals."""
    found = connection.execute(
        """select item_id, period_end, list((location_id, cost_value, proposed_amount) order by cost_value desc)
        from governance.reserve_decisions group by all order by all"""
    ).fetchall()
    return [Place(item, end, tuple(positions)) for item, end, positions in found]


def give_places(cases: dict[str, Case], places: list[Place]) -> dict[str, Place]:
    """To each case a place of its own that fits it, to those that fit few places first."""
    free, given = [place for place in places if place.positions[-1][1] > 10], {}
    for name in sorted(cases, key=lambda name: sum(map(cases[name].fits, free))):
        given[name] = next(place for place in free if cases[name].fits(place))
        free.remove(given[name])
    return given


def told(changes: dict, place: Place) -> dict:
    return {name: value(place) if callable(value) else value for name, value in changes.items()}


def requests_of(name: str, case: Case, place: Place) -> list[dict]:
    honest = {
        "item_id": place.item,
        "location_id": place.positions[0][0],
        "period_end": place.end,
        "reserve_amount": place.below_cost,
        "reason_code": "QUALITY",
        "rationale": "Water damage in aisle 14, a third of the cartons is gone.",
        "requested_by": "m.alvarez",
        "requested_at": place.on(1),
        "expires_on": place.end + timedelta(92),
        "loaded_at": place.on(1, 20),
    }
    return [
        {"override_id": name if order == 1 else f"{name} {order}"} | honest | told(changes, place)
        for order, changes in enumerate(case.requests, 1)
    ]


def decisions_of(name: str, case: Case, place: Place, subject: str, subject_type: str = "override") -> list[dict]:
    honest = {
        "subject_type": subject_type,
        "subject_id": subject,
        "decision": "approved",
        "approver": "d.hartmann",
        "approver_role": "controller",
        "decided_at": place.on(2),
        "comment": "Evidence seen.",
        "place": place,
    }
    return [
        {"approval_id": f"AP {name} {order}"} | honest | told(changes, place)
        for order, changes in enumerate(case.decisions, 1)
    ]


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_attempt_changes_what_is_decided_or_booked(name, outcome):
    case = ATTEMPTS[name]
    if case.status == "quarantined":
        reasons = outcome.rows("select reason from staging.quarantine where row_key like ?", f"{name}/%")
        assert reasons == [(case.sentence,)]
    else:
        status, sentence = outcome.status(name)
        assert status == case.status
        assert case.sentence in (sentence or "")
        assert bool(sentence) == bool(case.sentence)
    decisions = outcome.decided(name)
    assert len(decisions) == len(outcome.places[name].positions) > 0
    for proposed, decided, is_booked in decisions.values():
        assert (decided, is_booked) == (proposed, False)
    assert outcome.booked(name)[:2] == (0, 0)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_override_is_booked_to_the_last_unit(name, outcome):
    case, place = HONEST[name], outcome.places[name]
    assert outcome.status(name) == ("applied", None)
    decided = outcome.decided(name)
    (request, *_) = requests_of(name, case, place)
    if request["location_id"]:
        _, amount, is_booked = decided[request["location_id"]]
        assert (amount, is_booked) == (case.amount(place), True)
        others = [row for location, row in decided.items() if location != request["location_id"]]
        assert all(row[1:] == (row[0], False) for row in others)
    else:
        assert len(decided) == 2 and all(is_booked for *_, is_booked in decided.values())
        assert sum(amount for _, amount, _ in decided.values()) == case.amount(place)
        assert all(0 <= decided[location][1] <= cost for location, cost, _ in place.positions)
        assert outcome.booked(name)[2] == case.amount(place)


@pytest.mark.parametrize("name", WRITE_DOWNS)
def test_a_write_down_is_booked_where_it_was_approved_as_it_may_be(name, outcome):
    case = WRITE_DOWNS[name]
    assert outcome.position_status(name) == (case.status, name in HONEST_WRITE_DOWNS, True)
    assert [case.sentence in reason for reason in outcome.refusals(name)] == ([True] if case.sentence else [])


def test_what_a_workbook_says_is_asked_for_and_decided(outcome):
    place = outcome.places["workbook, asked"]
    assert outcome.rows(
        """select override_status, reserve_amount, requested_by from governance.overrides
        where item_id = ? and period_end = ? and override_id like 'OVW-%'""",
        *(place.item, place.end),
    ) == [("awaiting approval", 0, "m.alvarez")]
    assert outcome.position_status("workbook, asked") == ("awaiting approval", False, True)
    assert outcome.position_status("workbook, decided") == ("write-down approved", True, True)


@pytest.mark.parametrize("name", TAMPERED)
def test_an_approval_lapses_with_the_figures_it_was_given_on(name, outcome, tampered):
    status, is_booked, _ = outcome.position_status(name)
    assert (status, is_booked) == (TAMPERED[name].status.replace("applied", "override applied"), True)
    afterwards, *_ = tampered
    assert afterwards.position_status(name) == ("awaiting approval", False, True)
    assert afterwards.refusals(name) == ["it has lapsed: the proposals are not those that it was given on"]


def test_a_period_lapses_with_the_facts_of_any_of_its_positions(tampered):
    afterwards, *_ = tampered
    end = afterwards.places["period"].end
    assert afterwards.rows("select period_status from governance.period_proposals where period_end = ?", end) == [
        ("awaiting approval",)
    ]
    query = """select cause, is_made_anew, count(*) from governance.proposal_changes
        where period_end = ? group by all order by all"""
    (anew, *kept) = afterwards.rows(query, end)
    assert anew == ("facts", True, 1)
    assert [row[:2] for row in kept] == [("training", False)]


def test_the_summary_begins_with_what_lapsed_and_says_what_changed_and_why(tampered):
    """Amounts of a last digit: an approval lapsed by a cost, another training changed nothing that was proposed."""
    afterwards, *_ = tampered
    first = " ".join(" ".join(first_lines(afterwards.connection)).split())
    assert first.startswith("Lapsed, ")
    end = afterwards.places["period"].end
    (amount,) = afterwards.rows("select lapsed_amount from marts.close_status where period_end = ?", end)
    assert amount[0] > 0
    changes = afterwards.rows(
        "select effect, cause, cost_difference_amount from marts.changes_since_last_build where period_end = ?", end
    )
    assert ("proposed anew", "facts", FINE) in changes
    assert {row[:2] for row in changes} >= {("proposal stands", "training")}
    told = " ".join(" ".join(change_lines(afterwards.connection)).split())
    assert "because of another training of the model they would be" in told


@pytest.mark.parametrize("name", RETRAINED)
def test_another_training_leaves_what_was_approved(name, outcome, tampered):
    before, (afterwards, *_) = outcome.position_status(name), tampered
    assert before[1] and afterwards.position_status(name) == before
    assert afterwards.refusals(name) == []
    place = outcome.places[name]
    proposals = """select proposed_amount, run_id, proposal_hash from governance.reserve_decisions
        where item_id = ? and location_id = ? and period_end = ?"""
    where = (place.item, place.positions[0][0], place.end)
    assert afterwards.rows(proposals, *where) == outcome.rows(proposals, *where)
    changes = """select cause, is_made_anew, proposed_amount, present_run_id, difference_amount < 0
        from governance.proposal_changes where item_id = ? and location_id = ? and period_end = ?"""
    (amount, *_), (change,) = outcome.rows(proposals, *where)[0], afterwards.rows(changes, *where)
    assert change == ("training", False, amount, "another", True)


def test_an_approved_period_stands_when_another_training_comes(tampered):
    afterwards, *_ = tampered
    ends = [afterwards.places[name].end for name in HONEST_PERIODS if name != "period"]
    query = (
        "select period_status, present_amount < proposed_amount from governance.period_proposals where period_end = ?"
    )
    assert [afterwards.rows(query, end) for end in ends] == [[("approved", True)]] * len(ends)


def test_what_was_proposed_is_remembered_with_why_it_was_made_anew(outcome, tampered):
    afterwards, *_ = tampered
    place = outcome.places[LATE_COST]
    query = """select proposal_number, cause, cost_value from governance.frozen_proposals
        where source_name = 'decisions' and item_id = ? and location_id = ? and period_end = ? order by 1"""
    first, second = afterwards.rows(query, place.item, place.positions[0][0], place.end)
    assert (first[:2], second[:2]) == ((1, "first proposal"), (2, "facts"))
    assert second[2] - first[2] == FINE


def test_an_edited_log_stops_the_build_and_names_the_entry(outcome, tampered):
    afterwards, code, output = tampered
    (edited,) = outcome.rows("select entry_number from governance.audit_log where subject_id = 'AP period 1'")
    assert code == 1, output[-3000:]
    assert "every_log_is_unbroken" in output and "Not published" in output
    assert afterwards.rows("select first_broken_entry from monitoring.log_integrity") == [edited]


@pytest.mark.parametrize("memory", ["frozen_proposals", "approval_bindings", "audit_log"])
def test_what_a_build_wrote_that_did_not_pass_is_taken_out_by_the_next(memory, outcome, tampered, after_a_failure):
    afterwards, code, _ = tampered
    query = f"select count(*), count(distinct written_by_build) from governance.{memory}"
    assert code == 1 and afterwards.rows(query) >= outcome.rows(query)
    with duckdb.connect(after_a_failure, read_only=True) as connection:
        assert connection.execute(query).fetchall() == outcome.rows(query)


def test_the_log_keeps_what_was_told_before(outcome, tampered):
    afterwards, *_ = tampered
    query = "select * exclude (actor) from governance.audit_log order by entry_number"
    before = outcome.rows(query)
    after = afterwards.rows(query)
    assert after[: len(before)] == before
    told = afterwards.rows("select words from governance.audit_log where subject_id = ?", f"AP {RAISED} 1")
    assert ["holds" in told[0][0], "lapsed" in told[-1][0], len(told)] == [True, True, 2]


@pytest.mark.parametrize("name", PERIOD_ATTEMPTS)
def test_no_attempt_books_a_period(name, outcome):
    case, end = PERIOD_ATTEMPTS[name], outcome.places[name].end
    statuses = outcome.rows("select period_status from governance.period_proposals where period_end = ?", end)
    assert statuses == [(case.status,)]
    reasons = outcome.rows(
        """select refusal_reason from governance.approvals
        where list_contains(?, approval_id) and refusal_reason is not null""",
        [f"AP {name} {order}" for order, _ in enumerate(case.decisions, 1)],
    )
    assert [case.sentence in reason for (reason,) in reasons] == ([True] if case.sentence else [])
    statuses = outcome.rows(
        """select distinct decision_status from governance.reserve_decisions
        where period_end = ? and override_status is distinct from 'applied'
        and decision_status not like 'write-down%'""",
        end,
    )
    assert statuses == [(case.status,)]


@pytest.mark.parametrize("name", HONEST_PERIODS)
def test_an_approved_period_is_booked_as_proposed(name, outcome):
    decided = outcome.rows(
        """select distinct decision_status, is_booked, decided_amount = proposed_amount
        from governance.reserve_decisions where period_end = ?""",
        outcome.places[name].end,
    )
    assert decided == [("approved", True, True)]
    proposed = sum(
        amount
        for amount, *_ in outcome.rows(
            "select proposed_amount from governance.reserve_decisions where period_end = ?", outcome.places[name].end
        )
    )
    assert outcome.booked(name)[2] == proposed


def test_an_approved_override_is_not_booked_in_a_rejected_period(outcome):
    assert outcome.status(REJECTED_WITH_ITS_PERIOD) == ("applied", None)
    end = outcome.places[REJECTED_WITH_ITS_PERIOD].end
    booked = outcome.rows("select distinct is_booked from governance.reserve_decisions where period_end = ?", end)
    assert booked == [(False,)]
    assert outcome.booked("period, rejected")[:2] == (0, 0)


def test_every_decision_that_does_not_count_says_why(outcome):
    assert outcome.rows(
        """select count(*) from governance.approvals
        where (refusal_reason is not null) <> (approval_status in ('refused', 'lapsed'))"""
    ) == [(0,)]
    lapsed = outcome.rows("select approval_id from governance.approvals where approval_status = 'lapsed'")
    assert len(lapsed) == 5


def test_every_request_and_decision_stands_in_the_log(outcome):
    logged = outcome.rows(
        """select count(distinct subject_id) filter (event = 'override'),
            count(distinct subject_id) filter (event = 'approval')
        from governance.audit_log
        where source_name = 'decisions'"""
    )
    given = outcome.rows(
        "select (select count(*) from governance.overrides), (select count(*) from governance.approvals)"
    )
    assert logged == given
