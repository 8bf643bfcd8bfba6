"""The few policies that decide how large the reserve is: what each is, its default, whose it is, and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

DEFAULT_HORIZON, DEFAULT_RECOVERY, DEFAULT_SELLING_COST = 12, 0.20, 0.05
DEFAULT_AGES = ((0, 0.0), (91, 0.25), (181, 0.5), (271, 0.75), (366, 1.0))


class Level(NamedTuple):
    """A policy that decides the level of the reserve.

    Attributes:
        name: the var or the seed's column.
        value: what it is, in words.
        default: what it is where nobody says otherwise; none: it is that.
        question: what it asks, and whose answer it is.
    """

    name: str
    value: str
    default: str | None
    question: str

    def __str__(self) -> str:
        """The policy as a line."""
        told = f"default {self.default}" if self.default else "the default"
        return f"{self.name} {self.value} ({told}). {self.question}"


def levels(
    horizon: object, categories: Iterable[Mapping[str, object]], buckets: Iterable[Mapping[str, object]]
) -> list[Level]:
    """The policies that decide the level.

    Args:
        horizon: the var horizon_months.
        categories: rows of the seed category_policy.
        buckets: rows of the seed ageing_policy.
    """
    categories = list(categories)
    ages = sorted((int(row["from_days"]), float(row["reserve_rate"])) for row in buckets)
    ends = [f" to {later - 1}" for later, _ in ages[1:]] + [" or more"]
    table = ", ".join(f"{first}{end} days {rate:.0%}" for (first, rate), end in zip(ages, ends, strict=False))
    return [
        Level(
            "horizon_months",
            f"{horizon}{_own(categories, 'horizon_months')}",
            None if horizon == DEFAULT_HORIZON and not _own(categories, "horizon_months") else f"{DEFAULT_HORIZON}",
            "How far ahead is stock expected to sell? Merchandising and finance decide it together.",
        ),
        _of_categories(
            "recovery_rate",
            categories,
            DEFAULT_RECOVERY,
            "Which share of their cost do units fetch that stay unsold? Whoever sells off stock knows it.",
        ),
        _of_categories(
            "selling_cost_rate",
            categories,
            DEFAULT_SELLING_COST,
            "Which share of the price does it cost to complete and sell? Controlling knows it.",
        ),
        Level(
            "ageing_policy",
            table or "no bucket",
            None
            if ages == list(DEFAULT_AGES)
            else ", ".join(f"from {day} days {rate:.0%}" for day, rate in DEFAULT_AGES),
            "What does the company reserve by age today? Put its own table in: the CFO answers for it.",
        ),
    ]


def _own(rows: list[Mapping[str, object]], name: str) -> str:
    """How many categories have a value of their own, in words."""
    own = sum(1 for row in rows if row["category"] != "*" and row[name] is not None)
    return f", of its own in {own} {'category' if own == 1 else 'categories'}" if own else ""


def _of_categories(name: str, rows: list[Mapping[str, object]], default: float, question: str) -> Level:
    general = next((row[name] for row in rows if row["category"] == "*"), None)
    own = _own(rows, name)
    told = ("unknown" if general is None else f"{float(general):.0%}") + own
    is_default = general is not None and float(general) == default and not own
    return Level(name, told, None if is_default else f"{default:.0%}", question)
