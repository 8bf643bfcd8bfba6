"""docs/one_position.md: one position of the small company, recomputed from receipts to a journal line."""

from __future__ import annotations

import math
import re

import duckdb
import pytest
from one_position import PAGE, TEMPLATE, page

SIGNS = {"\N{MULTIPLICATION SIGN}": "*", "\N{DIVISION SIGN}": "/", "\N{MINUS SIGN}": "-", "\N{SQUARE ROOT}": "sqrt"}
EQUATION = re.compile(
    r"((?:max|min|exp|[\d.,()+\N{MULTIPLICATION SIGN}\N{DIVISION SIGN}\N{MINUS SIGN}\N{SQUARE ROOT} ])+)"
    r" = (\N{MINUS SIGN}?[\d.,]*\d)"
)
FUNCTIONS = {"max": max, "min": min, "exp": math.exp, "sqrt": math.sqrt, "__builtins__": {}}
PARAGRAPH = re.compile(r"(?:IAS|ASC) [\d.-]+[A-Z]?(?:(?:,| and) [\d.-]+[A-Z]?)*")
# What a page may say without asking: blocks of Jinja, code, formulas in words, numbers of headings, paragraphs.
UNASKED = (r"{#.*?#}", r"{%.*?%}", r"{{.*?}}", r"`[^`]*`", r"^>.*?$", r"^## \d+")


@pytest.fixture(scope="module")
def told(build) -> str:
    with duckdb.connect(build.folder / "build.duckdb", read_only=True) as connection:
        return page(connection)


def without_thousands(text: str) -> str:
    return re.sub(r",(?=\d)", "", text)


def test_the_page_says_what_the_tables_do(told):
    assert told == PAGE.read_text(), "the figures of the demo have changed: write the page anew, see one_position.py"


def test_every_equation_of_the_page_holds():
    found = EQUATION.findall(PAGE.read_text())
    assert len(found) > 30
    for left, right in found:
        expression, result = (
            "".join(SIGNS.get(sign, sign) for sign in without_thousands(side)).strip() for side in (left, right)
        )
        digits = len(result.partition(".")[2])
        told, computed = float(result), eval(expression, FUNCTIONS)
        assert abs(computed - told) <= 10**-digits + 5e-5 * abs(told), f"{left} is {computed}, not {right}"


def test_every_number_of_the_page_is_asked():
    words = PARAGRAPH.sub("", TEMPLATE.read_text())
    for pattern in UNASKED:
        words = re.sub(pattern, "", words, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"[\d.,]*\d", words)) <= {"0", "1", "2"}
