"""Decide in a page: ask for another amount, approve, reject. By the rules of the workbook, and signed in only.

Who is signed in by the company's own login (OIDC, in Streamlit's secrets) decides under that address. On the loopback
address `make app AS=m.keller` names a local user. Whether the person may decide is told by the build, as for every
decision: roles, limits and four eyes stand in governance.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import streamlit as st

import choosing
import showing
from inventory_valuation.publishing.decisions import (
    OVERRIDE,
    PERIOD,
    WRITE_DOWN,
    Fault,
    Line,
    Value,
    append_decisions,
    judged,
)
from inventory_valuation.publishing.relations import published_file
from reading import column, rows

WAITING = {
    WRITE_DOWN: """
        select item_id || ' at ' || location_id as subject, item_id, location_id, period_end, item_description,
            quantity, cost_value, proposed_amount, model_lower_amount, model_upper_amount, static_ageing_amount,
            decision_status, reason_1, reason_2, reason_3, proposal_hash
        from marts.review_queue where is_latest_period order by review_rank
    """,
    OVERRIDE: """
        select override_id as subject, override_id, item_id, location_id, period_end, reserve_amount, proposed_amount,
            reason_code, rationale, requested_by, requested_at, override_hash
        from governance.overrides where override_status = 'awaiting approval' order by stake_amount desc, override_id
    """,
    PERIOD: """
        select cast(period_end as varchar) as subject, period_end, position_count, cost_value, proposed_amount,
            decided_amount, refusal_reason, period_hash
        from marts.close_status where period_status = 'awaiting approval' and not is_closed order by period_end desc
    """,
}
LABELS = {WRITE_DOWN: "A proposed reserve", OVERRIDE: "A requested override", PERIOD: "A whole period"}


def person() -> str | None:
    """Who is signed in; none where nobody is."""
    if st.user.to_dict().get("is_logged_in"):
        return str(st.user.get("email") or st.user.get("sub"))
    local = os.environ.get("INVENTORY_PAGES_USER")
    return local if local and _is_loopback(str(st.get_option("server.address"))) else None


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def decide() -> None:
    """Choose what waits, look at its figures, decide."""
    st.title("Decide")
    who = person()
    if who is None:
        st.info(
            "You are not signed in, so these pages are read-only. Sign in by your company's login, or start them on "
            "this machine with `make app AS=your.name`."
        )
        return
    st.write(f"You decide as **{who}**. A decision counts from the next build on, if you have the authority for it.")
    kind = st.segmented_control("On", list(WAITING), default=WRITE_DOWN, format_func=LABELS.get, key="kind")
    found = rows(WAITING[kind or WRITE_DOWN]).to_pylist()
    if not found:
        st.info("Nothing of this kind waits for a decision.")
        return
    by_subject = {row["subject"]: row for row in found}
    subject = st.selectbox("Which", list(by_subject), key=f"subject-{kind}")
    # What is decided on is what was looked at: a build that ends meanwhile changes the figures, and then it is refused.
    seen = st.session_state.setdefault(f"seen-{kind}-{subject}", by_subject[subject])
    _figures(seen)
    _form(kind or WRITE_DOWN, seen, who)


def _figures(row: dict[str, Value]) -> None:
    currency = choosing.currency()
    for name, value in row.items():
        if value is None or name == "subject" or name.endswith("_hash"):
            continue
        is_money = name.endswith(("_amount", "_value"))
        said = showing.money(value, currency) if is_money else showing.plain(value)
        st.markdown(f"**{showing.words(name)}**: {said}")


def _form(kind: str, seen: dict[str, Value], who: str) -> None:
    with st.form(f"decision-{kind}-{seen['subject']}", clear_on_submit=False):
        filled: dict[str, Value] = {}
        choices = ["approved", "rejected"]
        if kind == WRITE_DOWN:
            choices.append("ask for another amount")
        choice = st.radio("Decision", choices, horizontal=True)
        role = st.selectbox(
            "In the role of", column("select distinct approver_role from policy.authority_levels order by 1")
        )
        filled["comment"] = st.text_input("Comment") or None
        if kind == WRITE_DOWN:
            st.caption("To ask for another amount, fill in the next three. Somebody else has to approve it.")
            amount = st.text_input("Amount", help="In the reporting currency, as 1234.50")
            code = st.selectbox("Reason", column("select reason_code from policy.reason_codes order by 1"))
            rationale = st.text_area("Why")
        if not st.form_submit_button("Record"):
            return
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    if choice in ("approved", "rejected"):
        filled |= {"decision": choice, "approver": who, "approver_role": role, "decided_on": now}
    else:
        request = {"override_amount": amount, "reason_code": code, "rationale": rationale}
        filled = request | {"requested_by": who, "requested_on": now}
    record(kind, seen, filled)


def record(kind: str, seen: dict[str, Value], filled: dict[str, Value]) -> None:
    """Hand what was filled in to the importer, and say what became of it."""
    line = Line(kind, seen | filled, partial(_fault, kind))
    overrides, approvals, faults = judged([line], published_file())
    if faults:
        for fault in faults:
            st.error(str(fault))
        st.session_state.pop(f"seen-{kind}-{seen['subject']}", None)
        return
    folder = Path(os.environ.get("INVENTORY_SOURCE", "data/demo"))
    append_decisions(folder, overrides, approvals)
    st.success(f"Recorded beside the input tables in {folder}. It counts from the next build on.")


def _fault(kind: str, name: str, sentence: str) -> Fault:
    return Fault(f"{LABELS[kind]}, {showing.words(name).lower()}", sentence)
