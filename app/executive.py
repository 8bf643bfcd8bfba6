"""For executives: how much is at risk, where it lies, and whether losses were foreseen."""

from __future__ import annotations

import streamlit as st

import choosing
import showing
from reading import first, rows


def portfolio() -> None:
    """Risk of the portfolio over time and where it lies."""
    st.title("Portfolio")
    end, currency = choosing.period(), choosing.currency()
    told = first("select * from marts.portfolio_risk where period_end = ?", end)
    if not told:
        st.info("No reserve was estimated at this month end.")
        return
    cost, reserve, stress, largest = st.columns(4)
    cost.metric("Stock at cost", showing.money(told["cost_value"], currency))
    label, change = "Reserve by the model", told["model_reserve_change_amount"]
    showing.amount_metric(reserve, label, told["model_reserve_amount"], currency, change)
    stress.metric("Loss in a bad year", showing.money(told["stress_amount"], currency))
    largest.metric("Ten largest positions", showing.percent(told["ten_largest_rate"]))
    st.caption("In a bad year demand is so low that only one year in ten is worse.")
    history = rows(
        """select period_end, model_reserve_amount, static_ageing_amount, booked_amount, model_lower_amount,
        model_upper_amount from marts.portfolio_risk order by period_end"""
    )
    columns = ["model_reserve_amount", "static_ageing_amount", "booked_amount"]
    showing.lines(history, "period_end", columns, f"Reserve by month, {currency}")
    _concentration(end, currency)
    _plan(end)


def _concentration(end: object, currency: str) -> None:
    """Which categories, suppliers, brands and places hold the reserve."""
    st.subheader("Where the reserve lies")
    dimension = st.segmented_control(
        "By", ["category", "supplier", "brand", "location"], default="category", key="dimension", bind="query-params"
    )
    found = rows(
        """select member, positions, cost_value, model_reserve_amount, model_lower_amount, model_upper_amount,
        model_reserve_rate, share_rate from marts.reserve_concentration
        where period_end = ? and dimension = ? order by share_rank limit 20""",
        end,
        dimension or "category",
    )
    showing.bars(found, "member", "model_reserve_amount", f"Reserve by {dimension or 'category'}, {currency}")


def _plan(end: object) -> None:
    """Reserve against plan."""
    st.subheader("Against plan")
    showing.table(
        rows(
            """select category, plan_basis, planned_amount, booked_amount, over_plan_amount, model_reserve_amount,
            model_over_plan_amount from marts.reserve_by_category
            where period_end = ? and planned_amount is not null order by abs(over_plan_amount) desc nulls last""",
            end,
        ),
        f"Reserve against plan {end}",
    )


def foreseen() -> None:
    """Losses that came against those that were foreseen, by model and by ageing policy."""
    st.title("Were losses foreseen?")
    currency = choosing.currency()
    found = rows("select * from marts.write_downs_foreseen order by period_end")
    if not found.num_rows:
        st.info("No outcome is known yet: a whole horizon has to pass first.")
        return
    columns = {
        "static_ageing_unexpected_at_equal_reserve_amount": "ageing policy",
        "coverage_rule_unexpected_at_equal_reserve_amount": "coverage rule",
        "model_unexpected_at_equal_reserve_amount": "model",
    }
    totals = {name: sum(float(value or 0) for value in found[name].to_pylist()) for name in columns}
    for place, (name, label) in zip(st.columns(3), columns.items(), strict=True):
        place.metric(f"Unexpected, by the {label}", showing.money(totals[name], currency))
    st.caption(
        "Losses for which no reserve stood, of the stock of all month ends below. Each method's reserves are scaled to "
        "the losses that came, so that no method looks good by reserving more."
    )
    named = found.rename_columns([columns.get(name, name).replace(" ", "_") for name in found.column_names])
    shown = [name.replace(" ", "_") for name in columns.values()]
    showing.lines(named, "period_end", shown, f"Unexpected write-downs at equal total reserve, {currency}")
