"""For the controller: the reserve and what moved it, what waits for a decision, and how far the close is."""

from __future__ import annotations

from datetime import date

import streamlit as st

import choosing
import showing
from reading import first, rows


def reserve() -> None:
    """The reserve now against last month and the ageing policy, down to the documents of a layer."""
    st.title("Reserve")
    end, framework, currency = choosing.period(), choosing.framework(), choosing.currency()
    _headline(end, currency)
    steps = rows(
        """select component as step, sum(amount) as amount from marts.rollforward_long
        where period_end = ? and framework = ? group by component, sort_order order by sort_order""",
        end,
        framework,
    )
    if steps.num_rows:
        showing.waterfall(steps, f"Booked reserve, from opening to closing, {currency}")
    st.subheader("By category")
    showing.table(
        rows(
            """select category, positions, cost_value, model_reserve_amount, model_change_amount, static_ageing_amount,
            model_over_policy_amount, booked_amount, booked_change_amount, carrying_value
            from marts.reserve_by_category where period_end = ? order by cost_value desc""",
            end,
        ),
        f"Reserve by category {end}",
    )
    _drill(end, framework)


def _headline(end: date, currency: str) -> None:
    told = first("select * from marts.portfolio_risk where period_end = ?", end)
    cost, model, policy, booked = st.columns(4)
    cost.metric("Stock at cost", showing.money(told["cost_value"], currency))
    label, change = "Reserve by the model", told["model_reserve_change_amount"]
    showing.amount_metric(model, label, told["model_reserve_amount"], currency, change)
    policy.metric("Reserve by the ageing policy", showing.money(told["static_ageing_amount"], currency))
    showing.amount_metric(booked, "Booked", told["booked_amount"], currency, told["booked_change_amount"])
    st.caption("Below an amount stands its change since the month end before.")


def _drill(end: date, framework: str) -> None:
    """Category, item, layer, document."""
    st.subheader("From a category to its documents")
    category = choosing.one_of(
        "Category",
        "category",
        "select distinct category from marts.reserve_review where period_end = ? order by 1",
        end,
    )
    items = """select item_id, location_id, item_description, quantity, cost_value, model_reserve_amount,
        model_change_amount, static_ageing_amount, booked_amount, reason_1, reason_2, reason_3
        from marts.reserve_review where period_end = ? and (category = ? or ? is null)
        order by model_reserve_amount desc, item_id, location_id"""
    showing.table(rows(items, end, category, category), f"Positions {end}", height=320)
    chosen = choosing.position("Position", f"{items} limit 500", end, category, category)
    if not chosen:
        return
    showing.table(
        rows(
            """select layer_number, received_on, document_id, age_days, quantity, cost_value, booked_amount
            from marts.layer_drilldown
            where item_id = ? and location_id = ? and period_end = ? order by layer_number""",
            *chosen,
            end,
        ),
        f"Layers of {chosen[0]} at {chosen[1]}",
    )
    with st.expander("The way from the receipts to the journal"):
        showing.table(
            rows(
                """select step, line_no, reference, evidence, quantity, amount from marts.reserve_trace
                where item_id = ? and location_id = ? and period_end = ? and framework = ? order by step, line_no""",
                *chosen,
                end,
                framework,
            ),
            f"Trace of {chosen[0]} at {chosen[1]}",
        )


def queue() -> None:
    """What waits for a decision, with reasons and range."""
    st.title("Review queue")
    currency = choosing.currency()
    st.write(
        "Positions in the order in which a look at them matters most: "
        "large amounts on which model, ageing policy and coverage rule disagree come first."
    )
    told = first(
        """select count(*) as positions, sum(proposed_amount) as proposed, sum(amount_at_risk) as risk
        from marts.review_queue where is_latest_period"""
    )
    waiting, proposed, risk = st.columns(3)
    waiting.metric("Positions that wait", f"{told['positions']:,}")
    proposed.metric("Proposed for them", showing.money(told["proposed"], currency))
    risk.metric("Amount at risk", showing.money(told["risk"], currency))
    category = choosing.one_of("Category", "category", "select distinct category from marts.review_queue order by 1")
    showing.table(
        rows(
            """select review_rank, item_id, location_id, item_description, quantity, cost_value, proposed_amount,
            model_lower_amount, model_upper_amount, static_ageing_amount, calibrated_coverage_amount, amount_at_risk,
            decision_status, reason_1, reason_2, reason_3
            from marts.review_queue where is_latest_period and (category = ? or ? is null) order by review_rank""",
            category,
            category,
        ),
        "Review queue",
        height=520,
    )
    st.subheader("Overrides and what became of them")
    showing.table(
        rows("select * from marts.override_lookback order by reason_code, requested_by"), "Overrides looked back"
    )


def close() -> None:
    """How far the close of each month is, and the next step."""
    st.title("Close")
    latest = first("select * from marts.close_status where is_latest_period limit 1")
    if latest:
        st.metric(f"Next step for {latest['period_end']}", latest["next_step"])
        if latest["opening_question"]:
            st.warning(latest["opening_question"])
    showing.table(
        rows(
            """select period_end, period_status, is_closed, position_count, cost_value, decided_amount, booked_amount,
            awaiting_count, awaiting_amount, refused_count, untied_count, next_step
            from marts.close_status order by period_end desc"""
        ),
        "Close by month",
        height=420,
    )
    st.subheader("Decisions that have no effect")
    showing.table(rows("select * from marts.decisions_without_effect"), "Decisions without effect")
    st.subheader("What changed since the build before")
    showing.table(rows("select * from marts.changes_since_last_build"), "Changes since the build before")
