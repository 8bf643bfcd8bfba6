"""For auditors: do the figures tie, are the controls effective, and how did one amount come about?"""

from __future__ import annotations

import streamlit as st

import choosing
import showing
from reading import first, rows


def checks() -> None:
    """Tie-outs and controls."""
    st.title("Tie-outs and controls")
    told = first("select count(*) as checks, count(*) filter (not is_tied) as open from marts.tie_outs") | first(
        "select count(*) as controls, count(*) filter (not is_effective) as weak from marts.controls"
    )
    tied, effective = st.columns(2)
    tied.metric("Tie-outs that do not tie", f"{told['open']} of {told['checks']}")
    effective.metric("Controls with exceptions", f"{told['weak']} of {told['controls']}")
    showing.table(rows("select * from marts.controls order by control_name"), "Controls")
    end = choosing.period()
    showing.table(
        rows(
            """select check_name, left_amount, right_amount, difference_amount, is_tied from marts.tie_outs
            where period_end = ? order by check_name""",
            end,
        ),
        f"Tie-outs {end}",
    )
    st.subheader("Every row that was delivered")
    showing.table(rows("select * from core.row_reconciliation order by table_name"), "Row reconciliation", height=320)
    st.subheader("Rows that were set apart")
    showing.table(
        rows("select table_name, reason, count(*) as rows from staging.quarantine group by all order by rows desc"),
        "Quarantine",
    )


def trace() -> None:
    """One amount, from the journal back to the receipts."""
    st.title("Trace of an amount")
    end, framework = choosing.period(), choosing.framework()
    chosen = choosing.reviewed_position(end)
    if not chosen:
        return
    labels = {
        "journal": "Journal lines",
        "booked": "What is booked",
        "decision": "Who decided",
        "estimate": "What was proposed, by which model",
        "driver": "Why",
        "layer": "Layers of the stock and their documents",
    }
    for step, label in labels.items():
        found = rows(
            """select reference, evidence, quantity, amount from marts.reserve_trace
            where item_id = ? and location_id = ? and period_end = ? and framework = ? and step = ? order by line_no""",
            *chosen,
            end,
            framework,
            step,
        )
        if found.num_rows:
            st.subheader(label)
            showing.table(found, f"{label} {chosen[0]} {chosen[1]} {end}", key=step)


def lookback() -> None:
    """Valuation accounts by year, and how the reserves turned out."""
    st.title("Look-back")
    st.subheader("Valuation and qualifying accounts (Schedule II)")
    showing.table(rows("select * from marts.schedule_ii order by framework, fiscal_year"), "Schedule II")
    st.subheader("Reserves against what was lost")
    showing.table(
        rows(
            """select period_end, sum(booked_amount) as booked_amount,
            sum(model_reserve_amount) as model_reserve_amount, sum(static_ageing_amount) as static_ageing_amount,
            sum(realised_loss) as realised_loss, sum(unexpected_amount) as unexpected_amount,
            sum(over_reserve_amount) as over_reserve_amount
            from marts.reserve_lookback group by period_end order by period_end"""
        ),
        "Reserve look-back",
    )
    st.subheader("Written-down stock that was sold")
    showing.table(rows("select * from marts.written_down_sales order by period_end, category"), "Written-down sales")


def log() -> None:
    """Policies in force, and the log with its check."""
    st.title("Policies and log")
    for name in ("ageing_policy", "category_policy", "authority_levels", "risk_bands", "reason_codes"):
        with st.expander(showing.words(name), expanded=name == "ageing_policy"):
            showing.table(rows(f"select * from policy.{name}"), showing.words(name))
    control = first("select * from marts.controls where control_name = 'the log is as it was written'")
    if control:
        holds, broken = (
            "Every entry follows by hash from the one before.",
            "The log was changed, cut off or begun anew.",
        )
        said = holds if control["is_effective"] else broken
        st.metric("Check of the log", f"{control['exception_count']} exceptions", said, "off")
    showing.table(
        rows(
            """select entry_number, event, subject_id, happened_at, actor, words, entry_hash
            from governance.audit_log order by entry_number desc"""
        ),
        "Log",
        height=420,
    )
