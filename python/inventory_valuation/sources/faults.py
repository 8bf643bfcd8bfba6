"""What the engine says of a file that it can't read, in words for the person who made the file."""

from __future__ import annotations

import re

from inventory_valuation.sources.files import LONGEST_LINE


def text_fault(error: str) -> str:
    """DuckDB's message on a text file, as the end of the sentence that begins 'The file … '."""
    found = re.search(r"on Line: (\d+)", error)
    line = f"can't be read at line {found[1]}: " if found else "can't be read: "
    counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", error)
    if "not utf-8" in error:
        return "is not UTF-8 text" + (f" at line {found[1]}" if found else "") + ": save it as CSV in UTF-8"
    if counts:
        return (
            f"{line}it has {counts[2]} values or more where the first line names {counts[1]} columns; put values that "
            "hold the delimiter in double quotes"
            if int(counts[2]) > int(counts[1])
            else f"{line}it has {counts[2]} values where the first line names {counts[1]} columns; write every value, "
            "if empty"
        )
    if "unterminated quote" in error:
        return f"{line}a double quote is not closed; write a quote inside a value twice"
    if "Maximum line size" in error:
        return f"{line}the line is longer than {LONGEST_LINE // 1_000_000} MB"
    if "state machine" in error:
        return f"{line}its lines end in different ways; write all with the same line end"
    return line + error.splitlines()[0]


def parquet_fault(error: str) -> str:
    """DuckDB's message on a Parquet file, likewise."""
    if "not valid UTF8" in error:
        return "holds text that is not UTF-8: write it again with text in UTF-8"
    reason = error.splitlines()[0]
    return f"can't be read as Parquet, it is cut short, damaged or of another kind: write it again ({reason})"
