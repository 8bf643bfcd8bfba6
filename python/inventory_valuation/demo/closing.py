"""What the company's books held of reserves, by a static ageing policy, and what people asked to change."""

from __future__ import annotations

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
APPROVERS = (("d.hartmann", "controller"), ("l.nakamura", "cfo"), ("p.osei", "inventory_accountant"))
COMMENTS = ("Agreed.", "Evidence seen.", "Fine for this quarter, review in the next.", "")


def closing_of(records: Records) -> dict[str, pa.Table]:
    """Booked reserves of every month end, override requests and approvals."""
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
    overrides, approvals = _requests(records, position, month, amount)
    return {"booked_reserves": booked, "reserve_overrides": overrides, "reserve_approvals": approvals}


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


def _requests(
    records: Records, position: np.ndarray, month: np.ndarray, amount: np.ndarray
) -> tuple[pa.Table, pa.Table]:
    """A few requests a month for the larger reserves, most of them decided; every closed month approved."""
    random = stream(records.knobs, "requests")
    calendar = records.calendar
    months = len(calendar.month_ends)
    recent = np.flatnonzero(month >= months - 12)
    weight = amount[recent] / amount[recent].sum() if len(recent) else None
    count = min(max(8, records.knobs.items // 60), len(recent))
    here = np.sort(random.choice(recent, count, replace=False, p=weight))
    kind = random.integers(0, len(REQUESTS), count)
    is_more = np.isin(kind, (3, 4, 5, 6))
    asked = amount[here] * np.where(is_more, random.uniform(1.2, 2.2, count), random.uniform(0.1, 0.7, count))
    end = calendar.month_ends[month[here]]
    person = random.integers(0, len(PEOPLE), count)
    override_id = numbered("OV", np.arange(count) + 1, 5)
    overrides = pa.table(
        {
            "override_id": override_id,
            **records.places(position[here]),
            "period_end": calendar.dates(end),
            "reserve_amount": money(asked),
            "reason_code": chosen(tuple(one[0] for one in REQUESTS), kind),
            "rationale": chosen(tuple(one[1] for one in REQUESTS), kind),
            "requested_by": chosen(PEOPLE, person),
            "requested_at": calendar.moments(end + 1, random.integers(9 * HOUR, 12 * HOUR, count)),
            "expires_on": calendar.dates(end + 92),
        }
    )
    decided = np.flatnonzero(random.random(count) < 0.85)
    who = np.where(asked[decided] > 5_000, 1, 0)
    closed = np.arange(months - 12, months - 1)[-max(months - 1, 0) :]
    ends = calendar.month_ends[closed]
    month_names = pa.array((calendar.start + ends.astype("timedelta64[D]")).astype(str))
    n, m = len(decided), len(closed)
    verdict = np.concatenate([(random.random(n) < 0.2).astype(int), np.zeros(m, int)])
    booked = np.bincount(month, amount, months)[closed]
    approver = np.concatenate([who, np.where(booked > 1_500_000, 1, 0)])
    approvals = pa.table(
        {
            "approval_id": numbered("AP", np.arange(n + m) + 1, 5),
            "subject_type": chosen(("override", "period"), np.repeat([0, 1], [n, m])),
            "subject_id": pa.concat_arrays([override_id.take(pa.array(decided)), month_names]),
            "decision": chosen(("approved", "rejected"), verdict),
            "approver": chosen(tuple(one[0] for one in APPROVERS), approver),
            "approver_role": chosen(tuple(one[1] for one in APPROVERS), approver),
            "decided_at": calendar.moments(
                np.concatenate([end[decided] + 2, ends + 4]), random.integers(9 * HOUR, 17 * HOUR, n + m)
            ),
            "comment": chosen(COMMENTS, random.integers(0, len(COMMENTS), n + m)),
        }
    )
    return overrides, approvals
