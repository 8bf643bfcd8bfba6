"""The audit trail: entries chained by hash, so that a later change breaks the chain where it was made.

A log is only ever appended to. An event stands in it anew whenever what is told of its subject has changed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from itertools import accumulate

import pyarrow as pa

_SEED = "0" * 64
_HASHES = ["previous_hash", "entry_hash"]
# Which build wrote an entry tells nothing of the event: the same events make the same chain, whoever wrote them down.
_UNHASHED = "written_by_build"
_SUBJECT = ("source_name", "event", "subject_id")
_TOLD = ("happened_at", "actor", "words")


def new_entries(log: pa.Table | None, events: pa.Table) -> pa.Table:
    """What a log does not say yet, as the entries that continue it.

    Args:
        log: all entries so far, as this function gave them; None where there is no log yet.
        events: one row per source_name, event and subject_id, with happened_at, actor and words as they stand now;
            further columns are logged beside them, but no entry is made for their sake.

    Returns:
        Entries of the events that the log lacks, or of which it last told otherwise: entry_number, the columns of
        events, previous_hash and entry_hash.
    """
    entries = log.sort_by("entry_number").to_pylist() if log else []
    told = {_of(entry, _SUBJECT): _of(entry, _TOLD) for entry in entries}
    fresh = [event for event in events.to_pylist() if told.get(_of(event, _SUBJECT)) != _of(event, _TOLD)]
    fresh.sort(key=lambda event: (event["happened_at"] or datetime.min, *_of(event, _SUBJECT)))
    last = entries[-1] if entries else {"entry_number": 0, "entry_hash": _SEED}
    numbers = pa.array(range(last["entry_number"] + 1, last["entry_number"] + 1 + len(fresh)), pa.int64())
    table = pa.Table.from_pylist(fresh, events.schema).add_column(0, "entry_number", numbers)
    return chain_entries(table, last["entry_hash"])


def log_integrity(log: pa.Table, kept: list[str]) -> pa.Table:
    """Whether a log is as it was written.

    Args:
        log: all entries.
        kept: hashes of entries that were kept elsewhere: each was the last one when a period was closed.

    Returns:
        One row: entry_count, last_entry_hash, first_broken_entry (null where the chain holds) and lost_hash_count, the
        hashes kept that the log does not hold: entries were cut off at its end, or it was begun anew.
    """
    hashes = log.sort_by("entry_number")["entry_hash"].to_pylist()
    return pa.table(
        {
            "entry_count": pa.array([len(hashes)], pa.int64()),
            "last_entry_hash": pa.array(hashes[-1:] or [None], pa.string()),
            "first_broken_entry": pa.array([first_broken_link(log)], pa.int64()),
            "lost_hash_count": pa.array([len(set(kept) - set(hashes))], pa.int64()),
        }
    )


def chain_entries(entries: pa.Table, previous: str = _SEED) -> pa.Table:
    """Chain entries in the order of their entry_number.

    Args:
        entries: entry_number and any columns of text and time.
        previous: hash of the entry before the first of them.

    Returns:
        The entries in order, with previous_hash and entry_hash: SHA-256 of the previous hash and the entry's
        own words, but for the build that wrote it.
    """
    entries = entries.sort_by("entry_number")
    told = entries.select([name for name in entries.column_names if name != _UNHASHED])
    # JSON, so that no text can pass for a separator, and no missing word for a written one.
    words = [json.dumps(row, default=str) for row in zip(*told.to_pydict().values(), strict=True)]
    hashes = list(accumulate(words, _link, initial=previous))
    return entries.append_column("previous_hash", pa.array(hashes[:-1], pa.string())).append_column(
        "entry_hash", pa.array(hashes[1:], pa.string())
    )


def first_broken_link(entries: pa.Table) -> int | None:
    """The first entry whose hash does not follow from its words and its predecessor.

    Args:
        entries: as `chain_entries` returned them, in any order, with whatever was done to them since.

    Returns:
        Its entry_number; None where the chain holds. Entries cut off at the end leave a chain that holds:
        the folders of closed periods keep the last hash of their day.
    """
    entries = entries.sort_by("entry_number")
    chained = chain_entries(entries.drop_columns(_HASHES))
    pairs = zip(entries.to_pylist(), chained.to_pylist(), strict=True)
    return next((found["entry_number"] for found, expected in pairs if found != expected), None)


def _of(row: dict, names: tuple[str, ...]) -> tuple:
    return tuple(row[name] for name in names)


def _link(previous: str, words: str) -> str:
    return hashlib.sha256(f"{previous}|{words}".encode()).hexdigest()
