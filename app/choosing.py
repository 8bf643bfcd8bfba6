"""What a reader chooses on a page. Choices stand in the address, so that a link shows the same page to another."""

from __future__ import annotations

from datetime import date

import streamlit as st

from reading import column, first, rows


def framework() -> str:
    """The framework that the build shows in its pages."""
    return first("select max(framework) as name from marts.reserve_review")["name"] or "us_gaap"


def currency() -> str:
    """The reporting currency."""
    return first("select max(currency) as name from marts.reserve_review")["name"] or ""


def period() -> date:
    """A month end, the newest at first; a company that never had stock at one has nothing more to see on the page."""
    found = column("select distinct period_end from marts.reserve_review order by 1 desc")
    if not found:
        st.info("No stock was there at any month end, so nothing is reserved.")
        st.stop()
    texts = [str(day) for day in found]
    chosen = st.selectbox("Month end", texts, key="period", bind="query-params")
    return found[texts.index(chosen)]


def one_of(label: str, key: str, query: str, *values: object) -> str | None:
    """One value of a query's first column, or all of them.

    Returns:
        The value; none for all.
    """
    every = "All"
    chosen = st.selectbox(label, [every, *column(query, *values)], key=key, bind="query-params")
    return None if chosen == every else chosen


def position(label: str, query: str, *values: object) -> tuple[str, str] | None:
    """An item at a location of a query with the columns item_id, location_id and what they are called.

    Returns:
        Item and location; none where there are no positions.
    """
    names = [f"{row['item_id']} at {row['location_id']}" for row in rows(query, *values).to_pylist()]
    if not names:
        return None
    chosen = st.selectbox(label, names, key="position", bind="query-params")
    item, _, place = chosen.rpartition(" at ")
    return item, place


def reviewed_position(end: date) -> tuple[str, str] | None:
    """A position with stock at a month end, the largest reserve first; it says so where there is none."""
    chosen = position(
        "Position",
        """select item_id, location_id from marts.reserve_review where period_end = ?
        order by model_reserve_amount desc, item_id, location_id limit 2000""",
        end,
    )
    if chosen is None:
        st.info("There is no stock at this month end.")
    return chosen
