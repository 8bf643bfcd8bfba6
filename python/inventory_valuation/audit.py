"""The audit trail: entries chained by hash, so that a later change breaks the chain where it was made."""

from __future__ import annotations

import hashlib
from itertools import accumulate

import pyarrow as pa

_SEED = "0" * 64


def chain_entries(entries: pa.Table) -> pa.Table:
    """Chain entries in the order of their entry_number.

    Args:
        entries: entry_number and any text columns.

    Returns:
        The entries in order, with previous_hash and entry_hash: SHA-256 of the previous hash and the entry's own words.
    """
    entries = entries.sort_by("entry_number")
    words = ["|".join(map(str, row)) for row in zip(*entries.to_pydict().values(), strict=True)]
    hashes = list(accumulate(words, _link, initial=_SEED))
    return entries.append_column("previous_hash", pa.array(hashes[:-1], pa.string())).append_column(
        "entry_hash", pa.array(hashes[1:], pa.string())
    )


def _link(previous: str, words: str) -> str:
    return hashlib.sha256(f"{previous}|{words}".encode()).hexdigest()
