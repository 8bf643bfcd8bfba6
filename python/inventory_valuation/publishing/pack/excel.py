"""A close pack as a workbook whose totals are formulas, with native charts and a layout for paper."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from inventory_valuation.publishing.pack.figures import Pack, Part, heading

_HEADER, _FIRST = 4, 5
_MONEY, _BOLD = "#,##0.00;(#,##0.00);-", Font(bold=True)
_SHADED, _TOTAL = PatternFill("solid", fgColor="E8EEF4"), Border(top=Side("thin"), bottom=Side("double"))


def write_workbook(pack: Pack, target: Path) -> None:
    """Write the pack.

    Args:
        pack: its figures.
        target: the .xlsx file to write.
    """
    book = Workbook()
    cover = book.active
    cover.title = "Cover"
    for part in pack.parts:
        _write_part(book.create_sheet(part.title), part, pack)
    _write_cover(cover, pack, {part.title: part for part in pack.parts})
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


def _write_cover(sheet: Worksheet, pack: Pack, parts: dict[str, Part]) -> None:
    """Period, key figures as formulas on the other sheets, who signed and who has to."""
    sheet["A1"], sheet["A1"].font = "Inventory reserve: close pack", Font(bold=True, size=18)
    lines = [("Period end", pack.period), ("Framework", pack.framework.replace("_", " ").upper())]
    lines += [("Amounts in", pack.currency), ("Status", pack.status), (None, None)]
    for label, title, column in (
        ("Stock at cost", "Summary", "cost_value"),
        ("Reserve by the model", "Summary", "model_reserve_amount"),
        ("Booked reserve", "Summary", "booked_amount"),
        ("Carrying value", "Summary", "carrying_value"),
        ("Reserve at closing, by the roll-forward", "Roll-forward", "closing"),
        ("Debits of the journal", "Journal", "debit_amount"),
        ("Credits of the journal", "Journal", "credit_amount"),
        ("Differences of the tie-outs", "Tie-outs", "difference_amount"),
    ):
        part = parts[title]
        letter = get_column_letter(part.columns.index(column) + 1)
        lines.append((label, f"='{title}'!{letter}{_FIRST + len(part.rows)}"))
    for number, (label, value) in enumerate(lines, 3):
        sheet.cell(number, 1, label)
        cell = sheet.cell(number, 2, value)
        cell.number_format = _MONEY if isinstance(value, str) and value.startswith("=") else cell.number_format
        cell.alignment = Alignment(horizontal="left" if number < 8 else "right", wrap_text=True)
    _write_signatures(sheet, len(lines) + 5, pack)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 42, 44
    sheet.column_dimensions["C"].width, sheet.column_dimensions["D"].width = 22, 16
    _lay_out(sheet, pack)


def _write_signatures(sheet: Worksheet, number: int, pack: Pack) -> None:
    for place, label in enumerate(("Signed as", "Name", "On", "Decision"), 1):
        cell = sheet.cell(number, place, label)
        cell.font, cell.fill = _BOLD, _SHADED
    signed = [list(line) for line in pack.signatures]
    for row in [*signed, ["Prepared by"], ["Reviewed by"], ["Approved by"]]:
        number += 1
        for place, value in enumerate(row, 1):
            sheet.cell(number, place, value)
        for place in range(1, 5):
            sheet.cell(number, place).border = Border(bottom=Side("hair"))


def _write_part(sheet: Worksheet, part: Part, pack: Pack) -> None:
    """A table with its totals, and a check where its rows foot."""
    sheet["A1"], sheet["A1"].font = part.title, Font(bold=True, size=14)
    sheet["A2"] = f"{part.note} Amounts in {pack.currency}."
    foots = bool(part.footed and part.rows)
    columns = [*part.columns, *(["check"] if foots else [])]
    for place, name in enumerate(columns, 1):
        cell = sheet.cell(_HEADER, place, heading(name))
        cell.font, cell.fill, cell.alignment = _BOLD, _SHADED, Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(part.rows, _FIRST):
        for place, value in enumerate(row, 1):
            _fill(sheet.cell(number, place), value)
        if foots:
            _foot(sheet, number, part)
    last = _FIRST + len(part.rows) - 1
    if part.summed:
        for place, name in enumerate(part.columns, 1):
            cell = sheet.cell(last + 1, place)
            letter = get_column_letter(place)
            if name in part.summed:
                cell.value = f"=SUM({letter}{_FIRST}:{letter}{last})" if part.rows else 0
                cell.number_format = "#,##0" if name == "positions" else _MONEY
            elif place == 1:
                cell.value = "Total"
            cell.font, cell.border = _BOLD, _TOTAL
        if foots:
            _foot(sheet, last + 1, part)
    for place, name in enumerate(columns, 1):
        is_text = any(isinstance(row[place - 1], str) for row in part.rows[:50] if place <= len(row))
        is_long = name.startswith(("reason", "rationale", "item_description", "refusal")) and name != "reason_code"
        sheet.column_dimensions[get_column_letter(place)].width = 48 if is_long else 26 if is_text else 18
    if part.chart and part.rows:
        _draw(sheet, part, last)
    sheet.freeze_panes = sheet.cell(_FIRST, 2)
    sheet.print_title_rows = f"{_HEADER}:{_HEADER}"
    _lay_out(sheet, pack)


def _fill(cell: SheetCell, value: object) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a description that begins with = is a text, not a formula
        cell.alignment = Alignment(wrap_text=len(value) > 40, vertical="top")
    elif isinstance(value, Decimal):
        cell.number_format = _MONEY


def _foot(sheet: Worksheet, number: int, part: Part) -> None:
    """The components of a row less its last one: nothing, where it foots."""
    *components, closing = (f"{get_column_letter(part.columns.index(name) + 1)}{number}" for name in part.footed)
    cell = sheet.cell(number, len(part.columns) + 1, f"=ROUND({'+'.join(components)}-{closing},4)")
    cell.number_format = _MONEY


def _draw(sheet: Worksheet, part: Part, last: int) -> None:
    names, amounts = (part.columns.index(name) + 1 for name in part.chart)
    chart = BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title = part.drawn
    chart.add_data(Reference(sheet, min_col=amounts, min_row=_HEADER, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=names, min_row=_FIRST, max_row=last))
    chart.height, chart.width = max(7, 0.8 * len(part.rows)), 22
    sheet.add_chart(chart, f"A{last + 4}")


def _lay_out(sheet: Worksheet, pack: Pack) -> None:
    """On paper: wide pages, as many as it takes in length, with page numbers."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text = f"Close pack {pack.period}, {pack.currency}"
    sheet.oddFooter.right.text = "&A, page &P of &N"
