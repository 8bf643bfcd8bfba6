"""For merchandisers: what to do about the stock, in the order of what it brings, and everything about one position."""

from __future__ import annotations

import streamlit as st

import choosing
import showing
from reading import first, rows


def actions() -> None:
    """At most one main action a position, the largest gain first."""
    st.title("Actions")
    currency = choosing.currency()
    told = first(
        """select count(*) as positions, sum(gain_amount) as gain, sum(at_stake_amount) as stake,
        sum(cash_released_amount) as cash from marts.actions"""
    )
    if not told["positions"]:
        st.info("Nothing is to be done: no action brings more than leaving things as they are.")
        return
    gain, cash, count = st.columns(3)
    gain.metric("Gain expected", showing.money(told["gain"], currency))
    cash.metric("Cash released", showing.money(told["cash"], currency))
    count.metric("Positions", f"{told['positions']:,}")
    showing.bars(
        rows("select action, sum(gain_amount) as gain_amount from marts.actions group by action order by 2 desc"),
        "action",
        "gain_amount",
        f"Gain expected by action, {currency}",
    )
    left, right = st.columns(2)
    with left:
        action = choosing.one_of("Action", "action", "select distinct action from marts.actions order by 1")
    with right:
        category = choosing.one_of("Category", "category", "select distinct category from marts.actions order by 1")
    showing.table(
        rows(
            """select action_rank, item_id, location_id, item_description, action, action_quantity, action_price,
            to_location_id, gain_amount, gain_lower_amount, gain_upper_amount, at_stake_amount, cash_released_amount,
            deadline, reason, second_action, second_gain_amount
            from marts.actions where (action = ? or ? is null) and (category = ? or ? is null) order by action_rank""",
            *(action, action, category, category),
        ),
        "Actions",
        height=520,
    )


def orders() -> None:
    """Purchase orders that bring too much."""
    st.title("Excess orders")
    st.write("Orders of which a part would lie unsold, with what is saved by cancelling or postponing that part.")
    showing.table(
        rows("select * from planning.excess_orders order by saved_amount desc nulls last, po_id, line_no"),
        "Excess orders",
        height=520,
    )


def position() -> None:
    """One position: what it sold at which price, its stock, its ways of pricing and of ordering."""
    st.title("A position")
    positions = """select item_id, location_id from marts.reserve_review where is_latest_period
        order by cost_value desc, item_id, location_id limit 5000"""
    chosen = choosing.position("Position", positions)
    if not chosen:
        st.info("There is no stock.")
        return
    told = first(
        "select * from marts.reserve_review where is_latest_period and item_id = ? and location_id = ?", *chosen
    )
    st.write(f"**{told['item_description']}**, {told['category']}")
    currency = choosing.currency()
    stock, cost, reserve, expected = st.columns(4)
    stock.metric("Units in stock", showing.plain(told["quantity"]))
    cost.metric("At cost", showing.money(told["cost_value"], currency))
    reserve.metric("Reserve by the model", showing.money(told["model_reserve_amount"], currency))
    forecast = first(
        """select expected_demand_quantity from learning.predictions where item_id = ? and location_id = ?
        order by valuation_date desc limit 1""",
        *chosen,
    )
    expected.metric("Demand expected", showing.plain(round(forecast.get("expected_demand_quantity") or 0)))
    _history(chosen, currency)
    st.subheader("Ways of pricing it")
    showing.table(
        rows("select * from planning.markdown_plans where item_id = ? and location_id = ? order by option", *chosen),
        f"Ways of pricing {chosen[0]}",
    )
    st.subheader("Ways of ordering it")
    showing.table(
        rows("select * from planning.reorder_policies where item_id = ? and location_id = ? order by policy", *chosen),
        f"Ways of ordering {chosen[0]}",
    )


def _history(chosen: tuple[str, str], currency: str) -> None:
    """Units sold and their price, and stock, by month."""
    months = rows(
        """select last_day(posted_on) as month,
            -sum(quantity_change) filter (movement_type = 'sale') as sold_quantity,
            sum(net_amount) filter (movement_type = 'sale')
                / nullif(-sum(quantity_change) filter (movement_type = 'sale'), 0) as net_price,
            sum(sum(quantity_change)) over (order by last_day(posted_on)) as stock_quantity
        from core.movements where item_id = ? and location_id = ? group by month order by month""",
        *chosen,
    )
    if not months.num_rows:
        return
    showing.lines(months, "month", ["sold_quantity", "stock_quantity"], "Units sold and in stock by month")
    showing.lines(months, "month", ["net_price"], f"Net price by month, {currency}", y_format=",.2f")
