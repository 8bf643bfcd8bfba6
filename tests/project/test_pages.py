"""The pages: each opens on what a build published, shows the marts' own figures, and lets only who is signed in decide.

Chromium, where it is installed, opens them as a reader does: `apt-get install chromium`, as `.ci/run` does.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from decimal import Decimal

import duckdb
import pytest
from building import ROOT
from streamlit.testing.v1 import AppTest

APP = ROOT / "app"
PAGES = [
    (file.stem, name)
    for file in sorted(APP.glob("*.py"))
    for name in re.findall(r"^def ([a-z]\w*)\(\) -> None", file.read_text(), re.MULTILINE)
    if file.stem in ("controller", "merchandiser", "executive", "auditor", "models", "deciding")
]
BROWSER = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update"),
    *("--disable-background-networking", "--disable-sync", "--virtual-time-budget=30000", "--dump-dom"),
]


@pytest.fixture
def shown(build, monkeypatch):
    """Open a page by its module and name."""
    monkeypatch.syspath_prepend(str(APP))
    monkeypatch.setenv("INVENTORY_PUBLISHED_DB", str(build.published))

    def page(module: str, name: str) -> None:
        import importlib

        getattr(importlib.import_module(module), name)()

    def opened(module: str, name: str) -> AppTest:
        return AppTest.from_function(page, kwargs={"module": module, "name": name}, default_timeout=60).run()

    return opened


def amount(text: str) -> Decimal:
    """The amount of a metric: `USD 1,234` or `USD (1,234)`."""
    digits = Decimal(re.sub(r"[^0-9]", "", text))
    return -digits if "(" in text else digits


@pytest.mark.parametrize(("module", "name"), PAGES)
def test_a_page_opens(shown, module, name):
    page = shown(module, name)
    assert not page.exception
    assert page.title[0].value


@pytest.fixture(scope="module")
def never_in_stock(build, tmp_path_factory):
    """The published file of a company that never had stock, needs no decision and has nothing to do."""
    file = shutil.copy(build.published, tmp_path_factory.mktemp("never") / "published.duckdb")
    with duckdb.connect(file) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall():
            connection.execute(f"delete from marts.{table}")
        connection.execute("delete from governance.overrides")
    return file


@pytest.mark.parametrize(("module", "name"), PAGES)
def test_a_page_opens_where_there_never_was_stock(shown, never_in_stock, monkeypatch, module, name):
    monkeypatch.setenv("INVENTORY_PUBLISHED_DB", str(never_in_stock))
    page = shown(module, name)
    assert not page.exception
    assert page.title[0].value


def test_figures_are_those_of_the_marts(build, shown):
    query = "select cost_value, model_reserve_amount, booked_amount from marts.portfolio_risk where is_latest_period"
    with duckdb.connect(build.published, read_only=True) as connection:
        cost, reserve, booked = connection.execute(query).fetchone()
        categories = connection.execute(
            """select category, model_reserve_amount from marts.reserve_by_category
            where is_latest_period order by cost_value desc"""
        ).fetchall()
    page = shown("controller", "reserve")
    told = {metric.label: amount(metric.value) for metric in page.metric}
    assert told["Stock at cost"] == round(cost)
    assert told["Reserve by the model"] == round(reserve) and told["Booked"] == round(booked)
    table = next(one.value for one in page.dataframe if list(one.value.columns[:2]) == ["category", "positions"])
    assert [tuple(row) for row in table[["category", "model_reserve_amount"]].itertuples(index=False)] == categories


def test_every_table_goes_along_exact_and_without_formulas(shown, monkeypatch):
    monkeypatch.syspath_prepend(str(APP))
    import io

    import pyarrow as pa
    from openpyxl import load_workbook

    import showing

    table = pa.table({"name": ["=1+1", "a"], "amount": pa.array([Decimal("0.1000"), None], pa.decimal128(18, 4))})
    assert showing.as_csv(table).decode().splitlines() == ["name,amount", "=1+1,0.1000", "a,"]
    cells = load_workbook(io.BytesIO(showing.as_excel(table))).active
    assert (cells["A2"].value, cells["A2"].data_type) == ("=1+1", "s")


def test_nobody_decides_who_is_not_signed_in(shown, monkeypatch):
    monkeypatch.delenv("INVENTORY_PAGES_USER", raising=False)
    page = shown("deciding", "decide")
    assert not page.button and "read-only" in page.info[0].value
    monkeypatch.setenv("INVENTORY_PAGES_USER", "m.keller")
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    assert not shown("deciding", "decide").button, "a named user counts on the loopback address alone"


ATTEMPTS = {
    "no amount": {"override_amount": None},
    "less than nothing": {"override_amount": "-1"},
    "more than the cost": {"override_amount": "1e15"},
    "no number": {"override_amount": "half"},
    "not a number": {"override_amount": "nan"},
    "endless": {"override_amount": "inf"},
    "an unknown reason": {"reason_code": "BECAUSE"},
    "no reason": {"reason_code": None},
    "no why": {"rationale": ""},
    "a short why": {"rationale": "so"},
    "nobody asks": {"requested_by": None},
    "no day": {"requested_on": None},
    "an impossible day": {"requested_on": "2026-02-30"},
    "an impossible end": {"expires_on": "never"},
    "another item": {"item_id": "NO-SUCH-ITEM"},
    "another place": {"location_id": "NO-SUCH-PLACE"},
    "another period": {"period_end": "1999-12-31"},
    "figures of another day": {"proposal_hash": "0" * 64},
    "no figures": {"proposal_hash": None},
    "approves what they ask for": {"decision": "approved", "approver": "m.keller", "approver_role": "controller"},
    "the same in capitals": {"decision": "approved", "approver": "M.KELLER", "approver_role": "controller"},
    "decides nothing": {"decision": "maybe", "approver": "b.lee", "approver_role": "controller"},
    "without a name": {"decision": "approved", "approver": None, "approver_role": "controller"},
    "without a role": {"decision": "approved", "approver": "b.lee", "approver_role": None},
    "without a day": {"decision": "approved", "approver": "b.lee", "approver_role": "controller", "decided_on": None},
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_that_is_not_right_is_refused_and_nothing_is_written(build, shown, monkeypatch, tmp_path, name):
    monkeypatch.setenv("INVENTORY_SOURCE", str(tmp_path))
    told = ATTEMPTS[name]

    def page(told: dict) -> None:
        from datetime import datetime

        import deciding
        from reading import first

        seen = first(deciding.WAITING["write_down"])
        request = {"override_amount": "1", "reason_code": "QUALITY", "rationale": "Water damage in aisle 14."}
        request |= {"requested_by": "m.keller", "requested_on": datetime(2026, 7, 3)}
        decision = {"decided_on": datetime(2026, 7, 3)} if "decision" in told else {}
        deciding.record("write_down", seen, request | decision | told)

    opened = AppTest.from_function(page, kwargs={"told": told}, default_timeout=60).run()
    assert not opened.exception and opened.error and not opened.success
    assert list(tmp_path.iterdir()) == []


def test_a_decision_goes_to_the_input_tables(shown, monkeypatch, tmp_path):
    monkeypatch.setenv("INVENTORY_SOURCE", str(tmp_path))
    monkeypatch.setenv("INVENTORY_PAGES_USER", "m.keller")
    monkeypatch.setattr("streamlit.get_option", lambda name: "127.0.0.1" if name == "server.address" else None)
    page = shown("deciding", "decide")
    page.button[0].click().run()
    assert not page.exception and page.success
    with duckdb.connect() as connection:
        written = connection.execute(
            f"select subject_type, decision, approver from '{tmp_path / 'reserve_approvals.parquet'}'"
        ).fetchall()
    assert written == [("write_down", "approved", "m.keller")]


@pytest.fixture(scope="module")
def served(build, tmp_path_factory):
    """The address of the pages as `make app` serves them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("pages") / "log.txt").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "INVENTORY_PUBLISHED_DB": str(build.published)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait()
        log.close()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed: apt-get install chromium")
@pytest.mark.parametrize("path", ["", "controller-queue", "executive-portfolio", "auditor-checks", "models-accuracy"])
def test_a_browser_shows_a_page(served, tmp_path, path):
    words = [shutil.which("chromium"), *BROWSER, f"--user-data-dir={tmp_path}", f"{served}/{path}"]
    for _ in range(5):  # the browser's clock runs ahead of a busy machine
        page = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout
        if "stDataFrame" in page:
            break
    assert "stDataFrame" in page and "stException" not in page and "Page not found" not in page
