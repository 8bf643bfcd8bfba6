"""What the company's books held of reserves, by a static ageing policy, and what people asked to change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from inventory_valuation.demo.catalogue import chosen, numbered
from inventory_valuation.demo.documents import HOUR, Records, arrivals, money
from inventory_valuation.demo.knobs import stream

# reason code, rationale; one code that the company's list does not hold
REQUESTS = (
    ("CUSTOMER_ORDER", "Key account has confirmed in writing to take the remaining units next quarter."),
    ("MARKDOWN", "Included in the next promotion, supplier funds half of the discount."),
    ("SUPPLIER_RETURN", "Supplier agreed to take back unopened units at cost less 10 %."),
    ("SUCCESSOR", "Console maker has announced the end of the platform, we do not expect full price again."),
    ("QUALITY", "Water damage in aisle 14, about a third of the cartons can not be sold as new."),
    ("product_recall", "Charger is under investigation by the regulator, sales are on hold."),
    ("OTHER", "Competitor sells the same specification far below our cost since last week."),
    ("CUSTOMER_ORDER", "Tender won, delivery in two lots."),
)  # fmt: skip
PEOPLE = ("m.alvarez", "j.keller", "s.okafor", "t.lindqvist", "r.banerjee")
CONTROLLER, CFO, ACCOUNTANT = ("d.hartmann", "controller"), ("l.nakamura", "cfo"), ("p.osei", "inventory_accountant")
# Enough that the outcomes of the first ones are known at a horizon of twelve months.
CLOSED_MONTHS = 14
COMMENTS = ("Agreed.", "Evidence seen.", "Fine for this quarter, review in the next.", "")


def closing_of(records: Records) -> dict[str, pa.Table]:
    """Booked reserves of every month end, override requests, approvals, and who holds which role."""
    position, month, amount = booked_reserves(records)
    calendar = records.calendar
    booked = pa.table(
        {
            **records.places(position),
            "period_end": calendar.dates(calendar.month_ends[month]),
            "amount": money(amount),
            "currency": pa.repeat("USD", len(position)),
        }
    )
    overrides = _overrides(records, position, month, amount)
    approvals = _approvals(records, position, month, amount, overrides)
    people, roles = zip(CONTROLLER, CFO, ACCOUNTANT, strict=True)
    return {
        "booked_reserves": booked,
        "reserve_overrides": overrides,
        "reserve_approvals": approvals,
        "approvers": pa.table({"approver": people, "approver_role": roles}),
    }


def booked_reserves(records: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The static policy at each month end: position, month and amount wherever it is not zero.

    Stock is taken to be what came in last, at average cost; each age has its fixed rate.
    """
    knobs, trade = records.knobs, records.trade
    position, day, quantity, _ = arrivals(records)
    p = len(records.catalogue.positions)
    parts = []
    for month, end in enumerate(records.calendar.month_ends):
        stock, cost = trade.month_stock[month], trade.month_cost[month]
        reserve, younger = np.zeros(p), np.zeros(p)
        for days, rate in zip((*knobs.ageing_days, None), knobs.ageing_rates, strict=True):
            if days is None:
                upto = np.maximum(stock, 0.0)
            else:
                recent = (day <= end) & (day > end - days - 1)
                upto = np.minimum(np.bincount(position[recent], quantity[recent], p), np.maximum(stock, 0))
            reserve += rate * np.maximum(upto - younger, 0) * cost
            younger = np.maximum(upto, younger)
        here = np.flatnonzero(reserve >= 0.005)
        parts.append((here, np.full(len(here), month), reserve[here]))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _overrides(records: Records, position: np.ndarray, month: np.ndarray, amount: np.ndarray) -> pa.Table:
    """A few requests a month for the larger reserves."""
    random = stream(records.knobs, "requests")
    calendar = records.calendar
    recent = np.flatnonzero(month >= len(calendar.month_ends) - CLOSED_MONTHS - 1)
    weight = amount[recent] / amount[recent].sum() if len(recent) else None
    count = min(max(8, records.knobs.items // 60), len(recent))
    here = np.sort(random.choice(recent, count, replace=False, p=weight))
    kind = random.integers(0, len(REQUESTS), count)
    is_more = np.isin(kind, (3, 4, 5, 6))
    asked = amount[here] * np.where(is_more, random.uniform(1.2, 2.2, count), random.uniform(0.1, 0.7, count))
    end = calendar.month_ends[month[here]]
    return pa.table(
        {
            "override_id": numbered("OV", np.arange(count) + 1, 5),
            **records.places(position[here]),
            "period_end": calendar.dates(end),
            "reserve_amount": money(asked),
            "reason_code": chosen(tuple(one[0] for one in REQUESTS), kind),
            "rationale": chosen(tuple(one[1] for one in REQUESTS), kind),
            "requested_by": chosen(PEOPLE, random.integers(0, len(PEOPLE), count)),
            "requested_at": calendar.moments(end + 1, random.integers(9 * HOUR, 12 * HOUR, count)),
            "expires_on": calendar.dates(end + 92),
        }
    )


def _approvals(
    records: Records, position: np.ndarray, month: np.ndarray, amount: np.ndarray, overrides: pa.Table
) -> pa.Table:
    """Decisions on most requests, on the largest write-downs and on the closed months, and some that may not be."""
    random = stream(records.knobs, "approvals")
    ends = records.calendar.dates(records.calendar.month_ends).to_pylist()
    # (subject_type, subject_id, decision, (approver, role), day of the decision)
    decisions: list[tuple[str, str, str, tuple[str, str], date]] = []
    undecided = []
    for number, one in enumerate(overrides.to_pylist()):
        if number % 4 != 3:
            who = CFO if one["reserve_amount"] > 50_000 else CONTROLLER if one["reserve_amount"] > 2_000 else ACCOUNTANT
            verdict = "rejected" if random.random() < 0.2 else "approved"
            decisions.append(("override", one["override_id"], verdict, who, one["period_end"] + timedelta(2)))
        else:
            undecided.append(one)
    closed = range(max(len(ends) - CLOSED_MONTHS - 1, 0), len(ends) - 1)
    for number in closed:
        here = np.flatnonzero(month == number)
        largest = here[np.argsort(-amount[here], kind="stable")[:3]]
        for place in pa.table(records.places(position[largest])).to_pylist():
            subject = f"{place['item_id']}@{place['location_id']}@{ends[number]}"
            decisions.append(("write_down", subject, "approved", CFO, ends[number] + timedelta(3)))
        who = CFO if amount[here].sum() > 500_000 else CONTROLLER
        decisions.append(("period", str(ends[number]), "approved", who, ends[number] + timedelta(4)))
    decisions += _improper(undecided, [ends[number] for number in closed])
    kinds, subjects, verdicts, people, days = zip(*decisions, strict=True) if decisions else ((),) * 5
    n = len(decisions)
    hours = random.integers(9 * HOUR, 17 * HOUR, n)
    moments = [datetime.combine(day, time()) + timedelta(seconds=int(at)) for day, at in zip(days, hours, strict=True)]
    return pa.table(
        {
            "approval_id": numbered("AP", np.arange(n) + 1, 5),
            "subject_type": pa.array(kinds, pa.string()),
            "subject_id": pa.array(subjects, pa.string()),
            "decision": pa.array(verdicts, pa.string()),
            "approver": pa.array([approver for approver, _ in people], pa.string()),
            "approver_role": pa.array([role for _, role in people], pa.string()),
            "decided_at": pa.array(moments, pa.timestamp("us")),
            "comment": chosen(COMMENTS, random.integers(0, len(COMMENTS), n)),
        }
    )


def _improper(undecided: list[dict], closed: list[date]) -> list[tuple[str, str, str, tuple[str, str], date]]:
    """What people try, by mistake or not, and may not: each is refused, and says why."""
    tries = [("override", "OV-99999", "approved", CONTROLLER, closed[-1] + timedelta(2))] if closed else []
    if len(closed) > 3:
        tries += [
            ("period", str(closed[0]), "approved", ACCOUNTANT, closed[0] + timedelta(1)),
            ("period", str(closed[1]), "approved", (CONTROLLER[0], CFO[1]), closed[1] + timedelta(1)),
            ("period", f"{closed[2]}#{'0' * 64}", "approved", CFO, closed[2] + timedelta(1)),
            ("period", str(closed[3]), "rejected", CFO, closed[3] + timedelta(90)),
        ]
    if undecided:
        own = undecided[0]
        me = (own["requested_by"], CONTROLLER[1])
        tries.append(("override", own["override_id"], "approved", me, own["period_end"] + timedelta(2)))
    if len(undecided) > 1:
        late = undecided[1]
        tries.append(("override", late["override_id"], "approved", CFO, late["period_end"] + timedelta(60)))
    return tries
