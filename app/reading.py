"""What the pages show: rows of the published file, which is only read.

A build replaces the file in one step. A page that is open asks the file that it began with, and the next look asks the
new one: neither waits for the other.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import streamlit as st

from inventory_valuation.publishing.relations import published_file

Stamp = tuple[str, int, int]


def stamp() -> Stamp:
    """Path, inode and time of change of the published file: a new one differs from all before."""
    path = published_file().resolve()
    state = path.stat()
    return str(path), state.st_ino, state.st_mtime_ns


@st.cache_resource(max_entries=1, show_spinner=False)
def _connection(told: Stamp) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(told[0], read_only=True)


@st.cache_data(max_entries=300, show_spinner=False)
def _rows(told: Stamp, query: str, values: tuple) -> pa.Table:
    return _connection(told).cursor().execute(query, list(values)).to_arrow_table()


def rows(query: str, *values: object) -> pa.Table:
    """The rows of a query on the published file, money as decimals.

    Args:
        query: of `marts`, `books`, `monitoring`, …, with a `?` for each value.
        values: what stands for the question marks.
    """
    return _rows(stamp(), query, values)


def first(query: str, *values: object) -> dict[str, object]:
    """The first row of a query by column; empty where there is none."""
    found = rows(query, *values)
    return found.slice(0, 1).to_pylist()[0] if found.num_rows else {}


def column(query: str, *values: object) -> list:
    """The first column of a query."""
    return rows(query, *values).column(0).to_pylist()


def has(schema: str, table: str) -> bool:
    """Whether the published file holds a relation."""
    found = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
    return bool(column(found, schema, table)[0])


def is_there() -> bool:
    """Whether a build has published a file."""
    return Path(published_file()).exists()
