"""`inventory-valuation notify URL…`: alerts go where people are, by mail, Slack, Teams or a webhook, each once.

A finding is a check, its subject and the month end at which it opened. What was sent stands in a file beside the
published one. A finding that could not be sent is sent by the next run; where nothing is new, nobody hears anything.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import apprise
import duckdb

from inventory_valuation.publishing.relations import published_file


@dataclass(frozen=True)
class Finding:
    """An alert that is open: its key, how grave it is, what it says and what to do."""

    key: str
    severity: str
    message: str
    what_to_do: str

    def __str__(self) -> str:
        return f"{self.severity.capitalize()}: {self.message} {self.what_to_do or ''}".strip()


def open_findings(published: Path) -> list[Finding]:
    """The alerts of a published file that are open, the gravest first."""
    with duckdb.connect(published, read_only=True) as connection:
        rows = connection.execute(
            """select concat_ws(' | ', check_name, subject, opened_on), severity, message, what_to_do
            from monitoring.alerts where status <> 'closed'
            order by list_position(['high', 'medium', 'low'], severity), opened_on desc, check_name, subject"""
        ).fetchall()
    return [Finding(*row) for row in rows]


def notify(published: Path, urls: list[str], state: Path) -> int:
    """Send the findings that were not sent yet, in one message.

    Args:
        published: the published file.
        urls: where to, as apprise writes them: mailto://…, slack://…, msteams://…, json://….
        state: file that remembers what was sent.

    Returns:
        The number of findings sent.

    Raises:
        ConnectionError: not every place took the message; nothing is remembered as sent.
        ValueError: a place is none that apprise knows.
    """
    sent = set(json.loads(state.read_text())) if state.exists() else set()
    findings = open_findings(published)
    fresh = [finding for finding in findings if finding.key not in sent]
    if not fresh:
        return 0
    places = apprise.Apprise()
    for url in urls:
        if not places.add(url):
            raise ValueError(f"{url.split('://')[0]}://… is no place that messages can go to: see apprise's list.")
    title = f"Inventory valuation: {len(fresh)} new alert{'s' if len(fresh) > 1 else ''}"
    if not places.notify(title=title, body="\n\n".join(map(str, fresh))):
        raise ConnectionError("Not every place took the message; the next run sends it again.")
    # What is no longer open may come again, and is told again then.
    fresh_state = sorted({finding.key for finding in findings})
    temporary = state.with_suffix(".new")
    temporary.write_text(json.dumps(fresh_state, indent=1))
    temporary.replace(state)
    return len(fresh)


def main(words: list[str] | None = None) -> int:
    """Run the command line; 1 where a message could not be sent."""
    parser = argparse.ArgumentParser(prog="inventory-valuation notify", description=__doc__.splitlines()[0])
    told = os.environ.get("INVENTORY_NOTIFY_URLS", "").split()
    parser.add_argument("urls", nargs="*", default=told, help="mailto://…, slack://…, msteams://…, json://…")
    parser.add_argument("--published", type=Path, default=published_file())
    given = parser.parse_args(words)
    if not given.urls:
        parser.error("name a place: mailto://…, slack://…, or INVENTORY_NOTIFY_URLS")
    state = given.published.with_suffix(".notified.json")
    try:
        count = notify(given.published, given.urls, state)
    except (ConnectionError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} alerts sent" if count else "Nothing new: nobody was told anything")
    return 0
