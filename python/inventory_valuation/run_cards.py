"""Run cards: what a fit was made of, by what code, and what came out; a row each, in forecasting and in learning."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.exact import to_days

Progress = Callable[[str], None]


def quiet(_: str) -> None:
    """Say nothing."""


def version_of(*files: str) -> str:
    """Hash of the code that models come from: another code, another run."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for name in files:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def hash_by_date(days: NDArray, *arrays: NDArray) -> dict[int, str]:
    """Hash of the rows of each valuation date; the two zeros of a double, which compare equal, are one."""
    bounds = np.flatnonzero(np.diff(days, prepend=days[:1] - 1, append=days[-1:] + 1))
    hashes = {}
    for start, end in pairwise(bounds.tolist()):
        digest = hashlib.sha256()
        for array in arrays:
            digest.update(np.ascontiguousarray(array[start:end] + 0).tobytes())
        hashes[int(days[start])] = digest.hexdigest()
    return hashes


def by_origin(trained: pa.Table, column: str = "artefact") -> dict[int, dict[str, object]]:
    """A column of the run cards by origin, as days since 1970, and model."""
    cards: dict[int, dict[str, object]] = {}
    days = to_days(trained["origin_date"])
    for day, model, value in zip(days, trained["model"].to_pylist(), trained[column].to_pylist(), strict=True):
        cards.setdefault(int(day), {})[model] = value
    return cards


def earlier_trainings(scoring_dates: pa.Table) -> dict[int, int]:
    """Of each date that other models score than the date before it, the training of these; days since 1970.

    What they say of the date's facts tells the news of a month from the retraining.
    """
    dates = scoring_dates.sort_by("valuation_date")
    days, origins = (to_days(dates[name]).tolist() for name in ("valuation_date", "trained_on"))
    trained = zip(days[1:], pairwise(origins), strict=False)
    return {day: earlier for day, (earlier, origin) in trained if earlier != origin}


def by_run(runs: pa.Table | None) -> dict[str, tuple[bytes, bytes | None]]:
    """Artefact and held-out predictions by run."""
    if runs is None:
        return {}
    names = ("run_id", "artefact", "held_out")
    return {run: kept for run, *kept in zip(*(runs[name].to_pylist() for name in names), strict=True)}


def stored_runs(connection: duckdb.DuckDBPyConnection, relation: str) -> pa.Table | None:
    """What the last build left of its runs; None where there was none, or one of another shape."""
    try:
        return connection.execute(f"select run_id, artefact, held_out from {relation}").to_arrow_table()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def card_table(cards: list[dict[str, object]]) -> pa.Table:
    """Run cards as a table; their origins are days since 1970."""
    schema = pa.schema(
        [
            ("origin_date", pa.int32()),
            *((name, pa.string()) for name in ("model", "target", "run_id")),
            ("artefact", pa.binary()),
            *((name, pa.string()) for name in ("features", "parameters", "data_hash", "code_version")),
            ("training_rows", pa.int64()),
            ("training_dates", pa.int64()),
            ("held_out", pa.binary()),
            ("trained_because", pa.string()),
        ]
    )
    table = pa.Table.from_pylist(cards, schema)
    return table.set_column(0, "origin_date", table["origin_date"].cast(pa.date32()))
