"""The pages, by role: `make app` opens them in a browser on this machine alone."""

from __future__ import annotations

import streamlit as st

import auditor
import choosing
import controller
import deciding
import executive
import merchandiser
import models
import reading

PAGES = {
    "Controller": {
        "Reserve": controller.reserve,
        "Review queue": controller.queue,
        "Close": controller.close,
        "Decide": deciding.decide,
    },
    "Merchandiser": {
        "Actions": merchandiser.actions,
        "A position": merchandiser.position,
        "Excess orders": merchandiser.orders,
    },
    "Executive": {"Portfolio": executive.portfolio, "Were losses foreseen?": executive.foreseen},
    "Auditor": {
        "Tie-outs and controls": auditor.checks,
        "Trace of an amount": auditor.trace,
        "Look-back": auditor.lookback,
        "Policies and log": auditor.log,
    },
    "Models": {
        "Accuracy": models.accuracy,
        "Champions and runs": models.trust,
        "Alerts and drift": models.alerts,
        "Why is this reserved?": models.reasons,
    },
}


def main() -> None:
    """Show the page that is asked for."""
    st.set_page_config("Inventory valuation", layout="wide")
    if not reading.is_there():
        st.error(f"There is no published file yet: `make build` writes {reading.published_file()}.")
        return
    chosen = st.navigation(
        {
            role: [
                st.Page(page, title=title, url_path=f"{role.lower()}-{page.__name__}") for title, page in pages.items()
            ]
            for role, pages in PAGES.items()
        },
        expanded=True,
    )
    with st.sidebar:
        built = reading.first("select max(period_end) as day from marts.reserve_review")["day"]
        valued = f"Valued at {built}, amounts in {choosing.currency()}. " if built else ""
        st.caption(f"{valued}The figures are those of the last build.")
    chosen.run()


main()
