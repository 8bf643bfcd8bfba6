"""How the pages show figures: as finance people write them, each table to take along, each chart with its table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal

import altair as alt
import pyarrow as pa
import streamlit as st
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# Okabe and Ito (2008): told apart by people with any kind of colour blindness.
BLUE, ORANGE, GREEN, RED, GREY, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666", "#56B4E9"
SCALE = [BLUE, ORANGE, GREEN, RED, SKY, GREY]
_PHRASES = {
    "static_ageing": "ageing_policy",
    "calibrated_ageing": "fitted_ageing",
    "calibrated_coverage": "fitted_coverage",
    "model_reserve": "model's_reserve",
}
_ACRONYMS = {
    "nrv": "NRV",
    "id": "ID",
    "po": "PO",
    "wape": "WAPE",
    "us": "US",
    "gaap": "GAAP",
    "ifrs": "IFRS",
    "ii": "II",
}


def words(name: str) -> str:
    """A column's or a kind's name as a person reads it: `model_reserve_amount` is "Model reserve amount"."""
    for column, said in _PHRASES.items():
        name = name.replace(column, said)
    parts = [_ACRONYMS.get(part, part) for part in name.split("_")]
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


def money(amount: Decimal | float | None, currency: str = "") -> str:
    """An amount in whole units with separators, negative ones in parentheses."""
    if amount is None:
        return "-"
    whole = f"{abs(round(amount)):,}"
    return f"{currency} {f'({whole})' if round(amount) < 0 else whole}".strip()


def amount_metric(
    place: st.delta_generator.DeltaGenerator, label: str, amount: Decimal | None, currency: str, change: Decimal | None
) -> None:
    """An amount with its change since the month end before: more of a reserve is neither good nor bad."""
    arrow = "off" if not change else "up" if change > 0 else "down"
    place.metric(label, money(amount, currency), None if change is None else money(change), "off", delta_arrow=arrow)


def plain(value: object) -> str:
    """Any value as text: numbers with separators and without the zeros at their end."""
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        return str(value)
    whole, _, part = f"{value:,}".partition(".")
    return f"{whole}.{part.rstrip('0')}".rstrip(".")


def percent(rate: Decimal | float | None) -> str:
    """A rate in percent with one decimal."""
    return "-" if rate is None else f"{100 * float(rate):.1f} %"


def table(found: pa.Table, name: str, *, height: int | None = None, key: str | None = None) -> None:
    """A table that can be sorted, searched and taken along as CSV or Excel.

    Args:
        found: its rows.
        name: of the files, in words.
        height: in pixels; none: as many rows as there are, up to ten.
        key: of the widgets, where two tables of a page have one name.
    """
    if not found.num_rows:
        st.info("Nothing to show here.")
        return
    shown = found.select([one for one in found.column_names if one not in ("currency", "is_latest_period")])
    sizes = {} if height is None else {"height": height}
    st.dataframe(shown, hide_index=True, column_config=_configured(shown.schema), alt=name, **sizes)
    file = re.sub(r"\W+", "_", name.lower()).strip("_")
    left, right, _ = st.columns([1, 1, 6])
    left.download_button("CSV", lambda: as_csv(shown), f"{file}.csv", "text/csv", key=f"{key or file}-csv")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    right.download_button("Excel", lambda: as_excel(shown), f"{file}.xlsx", kind, key=f"{key or file}-excel")


def _configured(schema: pa.Schema) -> Mapping[str, object]:
    """Each column with its name in words, amounts with separators, rates in percent."""
    configured: dict[str, object] = {}
    for field in schema:
        label = words(field.name)
        if field.name.endswith(("_rate", "_probability", "_share")) and _is_number(field.type):
            configured[field.name] = st.column_config.NumberColumn(label, format="percent")
        elif field.name.endswith(("_amount", "_value", "_loss", "amount")) and _is_number(field.type):
            configured[field.name] = st.column_config.NumberColumn(label, format="accounting")
        elif _is_number(field.type):
            configured[field.name] = st.column_config.NumberColumn(label, format="localized")
        elif pa.types.is_boolean(field.type):
            configured[field.name] = st.column_config.CheckboxColumn(label)
        elif field.name.startswith(("reason", "message", "explanation", "purpose")):
            configured[field.name] = st.column_config.TextColumn(label, width="large")
        else:
            configured[field.name] = st.column_config.Column(label)
    return configured


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_decimal(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind)


def as_csv(found: pa.Table) -> bytes:
    """All rows as CSV in UTF-8, exact to the last digit."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(found.column_names)
    writer.writerows(list(row.values()) for row in found.to_pylist())
    return text.getvalue().encode()


def as_excel(found: pa.Table) -> bytes:
    """All rows as one sheet of a workbook; a text that begins with = stays a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.append(found.column_names)
    for row in found.to_pylist():
        sheet.append([_as_cell(sheet, value) for value in row.values()])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _as_cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """A text that begins with = is a text, not a formula."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def chart(drawn: alt.Chart | alt.LayerChart, found: pa.Table, name: str) -> None:
    """A chart with its name, and its table below it, closed."""
    st.altair_chart(drawn.properties(title=name, height=280), width="stretch")
    with st.expander(f"Table: {name}"):
        table(found, name)


def waterfall(found: pa.Table, name: str) -> None:
    """Steps from a first amount to a last one.

    Args:
        found: columns step, amount; the first and the last row are levels, those between are changes.
        name: what is shown.
    """
    steps, level = [], Decimal(0)
    lines = found.to_pylist()
    for place, line in enumerate(lines):
        is_level = place in (0, len(lines) - 1)
        start, end = (Decimal(0), line["amount"]) if is_level else (level, level + line["amount"])
        kind = "level" if is_level else "increase" if line["amount"] >= 0 else "decrease"
        steps.append({"step": line["step"], "start": float(start), "end": float(end), "kind": kind})
        level = end
    colours = alt.Scale(domain=["level", "increase", "decrease"], range=[GREY, ORANGE, BLUE])
    drawn = (
        alt.Chart(alt.Data(values=steps))
        .mark_bar()
        .encode(
            x=alt.X("step:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelLimit=140)),
            y=alt.Y("start:Q", title=None, axis=alt.Axis(format=",.0f")),
            y2="end:Q",
            color=alt.Color("kind:N", scale=colours, legend=alt.Legend(title=None, orient="bottom")),
        )
    )
    chart(drawn, found, name)


def lines(found: pa.Table, x: str, ys: list[str], name: str, y_format: str = ",.0f") -> None:
    """Several columns over time, each told by colour and by dash."""
    long = [
        {"x": str(row[x]), "which": words(y), "value": float(row[y])}
        for row in found.to_pylist()
        for y in ys
        if row[y] is not None
    ]
    drawn = (
        alt.Chart(alt.Data(values=long))
        .mark_line(point=True)
        .encode(
            x=alt.X("x:T", title=None),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format=y_format)),
            color=alt.Color("which:N", scale=alt.Scale(range=SCALE), legend=alt.Legend(title=None, orient="bottom")),
            strokeDash=alt.StrokeDash("which:N", legend=None),
        )
    )
    chart(drawn, found, name)


def bars(found: pa.Table, name_column: str, amount_column: str, name: str) -> None:
    """Amounts by name, the largest first."""
    values = [{"name": row[name_column], "value": float(row[amount_column] or 0)} for row in found.to_pylist()]
    drawn = (
        alt.Chart(alt.Data(values=values))
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(format=",.0f")),
            y=alt.Y("name:N", sort="-x", title=None, axis=alt.Axis(labelLimit=220)),
        )
    )
    chart(drawn, found, name)
