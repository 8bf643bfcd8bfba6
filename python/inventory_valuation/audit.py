"""The audit trail: entries chained by hash, so that a later change breaks the chain where it was made."""

from __future__ import annotations

import hashlib
import json
from itertools import accumulate

import pyarrow as pa

_SEED = "0" * 64


def chain_entries(entries: pa.Table) -> pa.Table:
    """Chain entries in the order of their entry_number.

    Args:
        entries: entry_number and any text columns.

    Returns:
        The entries in order, with previous_hash and entry_hash: SHA-256 of the previous hash and the entry's
        own words.
    """
    entries = entries.sort_by("entry_number")
    # JSON, so that no text can pass for a separator, and no missing word for a written one.
    words = [json.dumps(row, default=str) for row in zip(*entries.to_pydict().values(), strict=True)]
    hashes = list(accumulate(words, _link, initial=_SEED))
    return entries.append_column("previous_hash", pa.array(hashes[:-1], pa.string())).append_column(
        "entry_hash", pa.array(hashes[1:], pa.string())
    )


def first_broken_link(entries: pa.Table) -> int | None:
    """The first entry whose hash does not follow from its words and its predecessor.

    Args:
        entries: as `chain_entries` returned them, in any order, with whatever was done to them since.

    Returns:
        Its entry_number; None where the chain holds. Entries cut off at the end leave a chain that holds:
        keep the last hash elsewhere.
    """
    entries = entries.sort_by("entry_number")
    chained = chain_entries(entries.drop_columns(["previous_hash", "entry_hash"]))
    pairs = zip(entries.to_pylist(), chained.to_pylist(), strict=True)
    return next((found["entry_number"] for found, expected in pairs if found != expected), None)


def _link(previous: str, words: str) -> str:
    return hashlib.sha256(f"{previous}|{words}".encode()).hexdigest()
