"""An empty delivery to fill in: one file a table with its header, and a page that explains every column."""

from __future__ import annotations

from pathlib import Path

from inventory_valuation.sources.contract import LOADED_AT, Table, input_tables


def write_template(folder: Path) -> list[Path]:
    """Write the headers of all input tables and `COLUMNS.md`.

    Args:
        folder: to be made; a file that is there already stays.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {folder / f"{table.name}.csv": ",".join(table.columns) + "\n" for table in input_tables().values()}
    contents[folder / "COLUMNS.md"] = _explained()
    written = [path for path in contents if not path.exists()]
    for path in written:
        path.write_text(contents[path])
    return written


def _explained() -> str:
    lines = [
        "# What to fill in",
        "",
        "One file a table. `items`, `locations`, `receipts` and `sales` are needed; delete those that you don't have.",
        f"Every table may also bring `{LOADED_AT.name}`: {LOADED_AT.description[0].lower()}{LOADED_AT.description[1:]}",
        "A `*` marks what is needed. Write numbers and days as your system does; where two readings are possible, the "
        "check asks which is meant.",
    ]
    for table in input_tables().values():
        lines += ["", f"## {table.name}{' *' if table.required else ''}", "", table.description, ""]
        lines += [_line(table, name) for name in table.columns]
    return "\n".join(lines) + "\n"


def _line(table: Table, name: str) -> str:
    column = table.columns[name]
    return f"- `{name}`{' *' if column.required else ''} ({column.data_type.split('(')[0]}): {column.description}"
