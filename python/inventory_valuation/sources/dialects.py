"""What the values of a file say of the way in which its numbers and days are written.

Most values can be read in one way only: `1.234,56`, `12,5`, `0.125` and `31/12/2025` say themselves what their
separators mean. `12,500` and `03/04/2025` do not. They are read as the clear values of their column are written, else
those of their file, else those of the other files of the delivery. For numbers the delimiter of the file speaks last: a
spreadsheet writes semicolons where the comma is the decimal sign, and commas where it is not. Where nothing speaks,
nothing is guessed. `reading.sql` holds the forms themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# One side of an open question is believed where it has twenty times the evidence of the other, which then is dirt.
_CLEAR_MAJORITY = 20


class Sighting(NamedTuple):
    """How often a kind of value stands in a column, and where first and last."""

    count: int = 0
    first: str | None = None
    first_row: int | None = None
    last: str | None = None
    last_row: int | None = None

    def __add__(self, more: Sighting) -> Sighting:
        return Sighting(self.count + more.count, *(self if self.count else more)[1:])


NOWHERE = Sighting()


@dataclass(frozen=True)
class Evidence:
    """What the values of a column say on one question.

    Attributes:
        yes: values that can only be read so: with a decimal comma, or with the day before the month.
        no: values that can only be read otherwise: with a decimal point, or with the month before the day.
        either: values that can be read both ways.
    """

    yes: Sighting = NOWHERE
    no: Sighting = NOWHERE
    either: Sighting = NOWHERE

    def __add__(self, more: Evidence) -> Evidence:
        return Evidence(self.yes + more.yes, self.no + more.no, self.either + more.either)

    @property
    def verdict(self) -> bool | None:
        """What the clear values say; None: nothing, or both."""
        if self.yes.count > _CLEAR_MAJORITY * self.no.count:
            return True
        if self.no.count > _CLEAR_MAJORITY * self.yes.count:
            return False
        return None

    @property
    def is_divided(self) -> bool:
        """Whether clear values stand on both sides."""
        return self.verdict is None and self.yes.count > 0


@dataclass(frozen=True)
class Question:
    """A question that the values of a file may leave open.

    Attributes:
        var: the var that decides it.
        yes: the value of the var for yes, and the way of writing in words.
        no: the same for no.
        forms: the macros of `reading.sql` that tell values of yes, no and either.
    """

    var: str
    yes: tuple[str, str]
    no: tuple[str, str]
    forms: tuple[str, str, str]

    def aggregates(self, word: str, row_number: str) -> str:
        """SQL of a list of three structs, the `Sighting`s of `Evidence`."""
        return ", ".join(
            f"[cast(count_if({form}) as varchar), min_by({word}, {row_number}) filter ({form}), "
            f"cast(min({row_number}) filter ({form}) as varchar), max_by({word}, {row_number}) filter ({form}), "
            f"cast(max({row_number}) filter ({form}) as varchar)]"
            for form in (f"coalesce(source_rows.{name}({word}), false)" for name in self.forms)
        )

    def in_words(self, answer: bool) -> str:
        """The way of writing that an answer stands for."""
        return (self.yes if answer else self.no)[1]


NUMBERS = Question(
    "decimal_separator",
    (",", "a decimal comma"),
    (".", "a decimal point"),
    ("has_decimal_comma", "has_decimal_point", "is_number_of_two_readings"),
)
DAYS = Question(
    "day_or_month_first",
    ("day", "the day before the month"),
    ("month", "the month before the day"),
    ("has_day_first", "has_month_first", "is_day_of_two_readings"),
)


def sighting(told: list[str | None]) -> Sighting:
    """A `Sighting` of the texts that `Question.aggregates` yields."""
    count, first, first_row, last, last_row = told
    return Sighting(
        int(count or 0), first, int(first_row) if first_row else None, last, int(last_row) if last_row else None
    )


def answer(
    question: Question,
    column: Evidence,
    file: Evidence,
    others: Iterable[Evidence],
    told: str | None,
    usual: bool | None,
) -> bool | None:
    """How the values of a column that can be read both ways are to be read.

    Args:
        question: what is asked.
        column: evidence of the column.
        file: evidence of all columns of its file.
        others: evidence of the other files of the delivery.
        told: the value of the question's var; None: not set.
        usual: what is usual in a file with such a delimiter; None: nothing.

    Returns:
        The answer; None: it has to be asked for.
    """
    if told is not None:
        return told == question.yes[0]
    for evidence in (column, file):
        if evidence.verdict is not None:
            return evidence.verdict
        if evidence.is_divided:
            return None
    verdict = sum(others, Evidence()).verdict
    return usual if verdict is None else verdict


def doubt(question: Question, column: str, place: str, evidence: Evidence, file: Evidence) -> str:
    """The sentence that asks how a column is to be read, with two of its rows."""
    shown = [(evidence.either.first, evidence.either.first_row)]
    divided = evidence if evidence.is_divided else file
    if divided.is_divided:
        shown += [(divided.yes.first, divided.yes.first_row), (divided.no.first, divided.no.first_row)]
    elif evidence.either.last_row != evidence.either.first_row:
        shown.append((evidence.either.last, evidence.either.last_row))
    rows = " and ".join(f"'{value}' in row {row:,}" for value, row in shown if value is not None)
    why = "values of both kinds stand in it" if divided.is_divided else "no other value says which"
    return (
        f"The column {column} of {place} can be read in two ways, with {question.yes[1]} or with {question.no[1]} "
        f"({rows}), and {why}: set the var {question.var} to '{question.yes[0]}' or '{question.no[0]}'."
    )
