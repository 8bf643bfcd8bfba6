"""How the summary writes amounts, shares and sentences."""

from __future__ import annotations

from decimal import Decimal
from textwrap import wrap

WIDTH = 112


def sentence(text: str, indent: int = 4) -> list[str]:
    """A sentence as lines of the summary's width; what goes on stands two further in.

    >>> sentence("Nothing waits.")
    ['    Nothing waits.']
    """
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2), break_long_words=False)


def money(amount: Decimal | float | None) -> str:
    """An amount without cents.

    >>> money(Decimal("1234.5")), money(None)
    ('1,234', '-')
    """
    return "-" if amount is None else f"{amount:,.0f}"


def change(amount: Decimal | float | None) -> str:
    """An amount with its sign.

    >>> change(Decimal("-12.3"))
    '-12'
    """
    return "-" if amount is None else f"{amount:+,.0f}"


def share(part: Decimal | float | None, whole: Decimal | float | None = 1, digits: int = 0) -> str:
    """A share in percent; of nothing there is none.

    >>> share(1, 3), share(1, 0)
    ('33%', '-')
    """
    return f"{part / whole:.{digits}%}" if part is not None and whole else "-"


def listed(names: list[str], most: int = 5) -> str:
    """Names in a row, the first few of many.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "position"), plural(1200, "position"), plural(2, "delivery")
    ('1 position', '1,200 positions', '2 deliveries')
    """
    nouns = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else nouns}"
