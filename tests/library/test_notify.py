"""Alerts go out once each, again after a failure, and not at all when nothing is new."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import duckdb
import pytest

from inventory_valuation.publishing.notify import main

# apprise probes for a module that Python 3.13 removed, and has a stand-in for it (apprise/utils/pgp.py).
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def inbox():
    """A webhook that keeps what it gets; `broken` makes it refuse."""
    got: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not server.broken:
                got.append(body)
            self.send_response(500 if server.broken else 200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.broken, server.got = False, got
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def published(tmp_path):
    """A published file with alerts."""
    file = tmp_path / "reports.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema monitoring")
        connection.execute(
            """create table monitoring.alerts (check_name varchar, subject varchar, opened_on date, status varchar,
            severity varchar, message varchar, what_to_do varchar)"""
        )
    return file


def add(published, *row: object) -> None:
    with duckdb.connect(published) as connection:
        connection.execute("insert into monitoring.alerts values (?, ?, ?, ?, ?, ?, ?)", row)


def test_each_finding_goes_out_once(inbox, published):
    words = [f"json://127.0.0.1:{inbox.server_port}", "--published", str(published)]
    assert main(words) == 0 and inbox.got == []
    add(published, "reserve_ratio", "champion", "2026-04-30", "still open", "high", "Too little.", "Look at it.")
    add(published, "drift", "price", "2026-05-31", "opened", "low", "A feature drifted.", None)
    add(published, "drift", "age", "2026-03-31", "closed", "high", "Gone.", None)
    assert main(words) == 0
    (message,) = inbox.got
    assert message["title"] == "Inventory valuation: 2 new alerts"
    assert message["message"] == "High: Too little. Look at it.\n\nLow: A feature drifted."
    assert main(words) == 0 and len(inbox.got) == 1
    add(published, "reserve_ratio", "champion", "2026-08-31", "opened", "high", "Too little again.", "Look at it.")
    assert main(words) == 0
    assert inbox.got[1]["message"] == "High: Too little again. Look at it."


def test_what_could_not_be_sent_is_sent_next_time(inbox, published, capsys):
    words = [f"json://127.0.0.1:{inbox.server_port}", "--published", str(published)]
    add(published, "reserve_ratio", "champion", "2026-04-30", "opened", "high", "Too little.", "Look at it.")
    inbox.broken = True
    assert main(words) == 1 and "the next run sends it again" in capsys.readouterr().err
    inbox.broken = False
    assert main(words) == 0 and len(inbox.got) == 1


def test_a_place_that_is_none_is_told(published, capsys):
    add(published, "reserve_ratio", "champion", "2026-04-30", "opened", "high", "Too little.", "Look at it.")
    assert main(["nowhere://x", "--published", str(published)]) == 1
    assert "nowhere" in capsys.readouterr().err
