"""For those who watch the models: how good they were, which is trusted and why, what drifts, what to do."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st

import choosing
import showing
from reading import column, rows

BARS = ("champion", "calibrated_ageing", "calibrated_coverage", "static_ageing")


def accuracy() -> None:
    """Every method side by side, by origin."""
    st.title("Accuracy")
    metrics = column("select distinct metric from monitoring.model_accuracy where method = 'champion' order by 1")
    if not metrics:
        st.info("No outcome is known yet: a whole horizon has to pass first.")
        return
    at = metrics.index("equal_reserve_unexpected") if "equal_reserve_unexpected" in metrics else 0
    metric = st.selectbox("Metric", metrics, at, format_func=showing.words, key="metric", bind="query-params")
    by_origin = rows(
        """pivot (select valuation_date, method, value from monitoring.model_accuracy where metric = ?)
        on method in ('champion', 'calibrated_ageing', 'calibrated_coverage', 'static_ageing') using max(value)
        order by valuation_date""",
        metric,
    )
    known = [name for name in BARS if name in by_origin.column_names]
    showing.lines(by_origin, "valuation_date", known, f"{showing.words(metric)} by month end", y_format=".2f")
    showing.table(
        rows(
            """select method, count(*) as month_ends, avg(value) as mean, stddev(value) as spread_between_month_ends
            from monitoring.model_accuracy where metric = ? group by method order by mean""",
            metric,
        ),
        f"{showing.words(metric)} by method",
    )
    _calibration()


def _calibration() -> None:
    """What was foreseen, what came."""
    st.subheader("Calibration")
    found = rows(
        """select decile, sum(positions) as positions,
            sum(positions * expected_rate) / sum(positions) as expected_share,
            sum(positions * realised_rate) / sum(positions) as realised_share
        from monitoring.obsolescence_calibration where method = 'champion' group by decile order by decile"""
    )
    st.write("Positions in ten groups by their probability of losing half their cost: what was expected, what came.")
    showing.table(found, "Calibration of obsolescence")


def trust() -> None:
    """Which model is trusted at which month end, and why."""
    st.title("Champions and runs")
    showing.table(rows("select * from learning.champions order by valuation_date desc"), "Champions", height=320)
    st.subheader("Runs")
    showing.table(
        rows(
            """select run_id, origin_date, model, target, training_rows, training_dates, data_hash, code_version
            from learning.model_runs order by origin_date desc, model"""
        ),
        "Runs",
        height=320,
    )
    st.subheader("What the models lean on")
    model = choosing.one_of("Model", "model", "select distinct model from learning.feature_importance order by 1")
    found = rows(
        """select feature, avg(gain_share) as gain_share from learning.feature_importance
        where (model = ? or ? is null) and origin_date = (select max(origin_date) from learning.feature_importance)
        group by feature order by gain_share desc limit 20""",
        model,
        model,
    )
    if found.num_rows:
        showing.bars(found, "feature", "gain_share", "Share of the twenty most important features")


def alerts() -> None:
    """What calls for somebody, what drifts."""
    st.title("Alerts and drift")
    showing.table(
        rows(
            "select * from monitoring.alerts order by status = 'closed', opened_on desc, severity, check_name, subject"
        ),
        "Alerts",
    )
    st.subheader("Shifts of demand, prices and mix")
    showing.table(
        rows("select * from monitoring.shifts where told_on = valuation_date order by told_on desc"), "Shifts"
    )
    st.subheader("Connections that people miss")
    showing.table(rows("select * from monitoring.connections order by p_value"), "Connections")
    st.subheader("Features that moved since training")
    showing.table(
        rows(
            """select * from monitoring.feature_drift
            where valuation_date = (select max(valuation_date) from monitoring.feature_drift)
            order by population_stability_index desc limit 50"""
        ),
        "Drift",
    )
    st.subheader("How far to trust a proposal")
    showing.table(
        rows(
            """select confidence, count(*) as positions, sum(reserve_amount) as reserve_amount,
            sum(disagreement_amount) as disagreement_amount
            from monitoring.prediction_confidence group by confidence order by confidence"""
        ),
        "Confidence",
    )


def reasons() -> None:
    """An item's reasons in one picture."""
    st.title("Why is this reserved?")
    end = choosing.period()
    chosen = choosing.reviewed_position(end)
    if not chosen:
        return
    found = rows(
        """select reference as step, evidence as reason, amount from marts.reserve_trace
        where item_id = ? and location_id = ? and period_end = ? and framework = ? and step = 'driver'
        order by line_no""",
        *chosen,
        end,
        choosing.framework(),
    )
    if not found.num_rows:
        st.info("No model explains this position: a rule proposes for it.")
        return
    showing.waterfall(_with_total(found), f"From the usual loss to the reserve, {choosing.currency()}")
    showing.table(found, f"Reasons {chosen[0]} {chosen[1]}")


def _with_total(found: pa.Table) -> pa.Table:
    lines = found.to_pylist()
    steps = [{"step": showing.words(line["step"]), "amount": line["amount"]} for line in lines]
    return pa.Table.from_pylist([*steps, {"step": "Reserve", "amount": sum(line["amount"] for line in lines)}])
