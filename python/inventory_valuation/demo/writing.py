"""The company's folder of Parquet files, one per input table."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def truth_folder(folder: Path) -> Path:
    """Where the truth behind a company stands: beside its folder, since everything within is the delivery."""
    return folder.with_name(folder.name + "_truth")


def write_tables(folder: Path, tables: dict[str, pa.Table]) -> None:
    """Write each table to `<folder>/<table>.parquet`, in bytes that depend on its contents alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table.combine_chunks(), folder / f"{name}.parquet", compression="zstd", row_group_size=1 << 20)


def replace_folder(folder: Path, built: Path) -> None:
    """Put a finished folder in another's place, so that nobody finds one half written."""
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    built.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
