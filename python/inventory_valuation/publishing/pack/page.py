"""A close pack as one page that needs nothing else: text, tables and drawings in one file."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from pathlib import Path

from inventory_valuation.publishing.pack.figures import Cell, Pack, Part, heading

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#222;max-width:1180px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:13px;margin:.6rem 0 2rem}
th{background:#e8eef4;text-align:left;vertical-align:bottom}th,td{padding:.3rem .5rem;border-bottom:1px solid #ddd}
td.n,th.n{text-align:right;white-space:nowrap}tfoot td{font-weight:600;border-top:1px solid #222}
svg text{font-size:12px;fill:#222}nav a{margin-right:1rem}@media print{nav{display:none}h2{break-before:page}}
"""


def write_page(pack: Pack, target: Path) -> None:
    """Write the pack as HTML.

    Args:
        pack: its figures.
        target: the file to write.
    """
    title = f"Close pack {pack.period}"
    links = " ".join(f'<a href="#{_id(part)}">{escape(part.title)}</a>' for part in pack.parts)
    signed = "".join(
        f"<li>{escape(str(role))}: {escape(str(name))}, {moment:%Y-%m-%d}, {escape(str(decision))}</li>"
        for role, name, moment, decision in pack.signatures
    )
    body = "\n".join(_section(part) for part in pack.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>
<h1>Inventory reserve: close pack {pack.period}</h1>
<p>{escape(pack.framework.replace("_", " ").upper())}, amounts in {escape(pack.currency)}.
Status: {escape(pack.status)}.</p>
<ul>{signed or "<li>Nobody has signed yet.</li>"}</ul><nav>{links}</nav>
{body}</html>
"""
    )


def _id(part: Part) -> str:
    return part.title.lower().replace(" ", "-")


def _section(part: Part) -> str:
    head = "".join(f"<th{_kind(part, place)}>{escape(heading(name))}</th>" for place, name in enumerate(part.columns))
    rows = "".join(
        f"<tr>{''.join(f'<td{_kind(part, place)}>{_said(value)}</td>' for place, value in enumerate(row))}</tr>"
        for row in part.rows
    )
    totals = "".join(
        f"<td{_kind(part, place)}>{_total(part, place) if name in part.summed else 'Total' if place == 0 else ''}</td>"
        for place, name in enumerate(part.columns)
    )
    foot = f"<tfoot><tr>{totals}</tr></tfoot>" if part.summed and part.rows else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>{foot}</table>" if part.rows else "<p>None.</p>"
    return f'<h2 id="{_id(part)}">{escape(part.title)}</h2><p>{escape(part.note)}</p>{_drawing(part)}{table}'


def _kind(part: Part, place: int) -> str:
    is_number = any(isinstance(row[place], Decimal | int | float) for row in part.rows)
    return ' class="n"' if is_number else ""


def _total(part: Part, place: int) -> str:
    return _said(sum((row[place] for row in part.rows if row[place] is not None), Decimal(0)))


def _said(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, Decimal | int | float):
        return escape(str(value))
    is_count = isinstance(value, int) or (value == int(value) and abs(value) < 100_000)
    places = 0 if is_count else 2
    return f"({abs(value):,.{places}f})" if value < 0 else f"{value:,.{places}f}"


def _drawing(part: Part) -> str:
    """Bars of the chart's amounts."""
    if not part.chart or not part.rows:
        return ""
    names, amounts = (part.columns.index(name) for name in part.chart)
    bars = [(str(row[names]), float(row[amounts] or 0)) for row in part.rows][:24]
    most = max((abs(amount) for _, amount in bars), default=0) or 1
    lines = "".join(
        f'<text x="0" y="{24 * place + 16}">{escape(name)}</text>'
        f'<rect x="260" y="{24 * place + 4}" width="{560 * abs(amount) / most:.1f}" height="16" fill="#0072B2"/>'
        f'<text x="{266 + 560 * abs(amount) / most:.1f}" y="{24 * place + 16}">{amount:,.0f}</text>'
        for place, (name, amount) in enumerate(bars)
    )
    return f'<svg role="img" aria-label="{escape(part.drawn)}" width="940" height="{24 * len(bars) + 8}">{lines}</svg>'
