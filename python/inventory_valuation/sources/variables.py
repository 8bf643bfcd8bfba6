"""The vars of a build: what each may be, and the sentence for one that is something else."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date

CHOICES = {
    "costing_method": ("fifo", "lifo", "weighted_average", "standard"),
    "cost_pool": ("position", "region", "item"),
    "accounting_framework": ("us_gaap", "ifrs"),
    "unit_of_account": ("layer", "position", "item", "category"),
    "zero_cost_means": ("unknown", "free"),
}
CHOICES_OR_NONE = {"decimal_separator": (",", "."), "day_or_month_first": ("day", "month")}
SWITCHES = (
    "book_without_approval",
    "train_on_poor_data",
    "interim_recoveries",
    "nothing_since_last_movement",
    "scale_is_right",
)
NUMBERS = {"horizon_months": ("a whole number of months", 1, 36), "fiscal_year_start_month": ("a whole number", 1, 12)}
MONTH_ENDS = ("renew_proposals",)


def faults_of_variables(variables: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with the vars of a build, a sentence each.

    Args:
        variables: all vars of the project by name.
    """
    for name, allowed in CHOICES.items():
        if variables.get(name) not in allowed:
            yield f"The var {name} is '{variables.get(name)}': set it to one of {', '.join(allowed)}."
    for name, allowed in CHOICES_OR_NONE.items():
        if variables.get(name) not in (None, *allowed):
            yield f"The var {name} is '{variables[name]}': set it to one of {', '.join(allowed)}, or leave it out."
    for name in SWITCHES:
        if not isinstance(variables.get(name), bool):
            yield f"The var {name} is '{variables.get(name)}': set it to true or false."
    for name, (kind, least, most) in NUMBERS.items():
        value = variables.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"The var {name} is '{value}': set it to {kind} from {least} to {most}."
    for name in MONTH_ENDS:
        if variables.get(name) and month_end_of(variables[name]) is None:
            yield f"The var {name} is '{variables[name]}': set it to a month end such as 2026-06-30."
    if variables.get("as_of_date") and day_of(variables["as_of_date"]) is None:
        yield f"The var as_of_date is '{variables['as_of_date']}': set it to a day such as 2026-06-30, or leave it out."
    if variables.get("accounting_framework") == "ifrs":
        if variables.get("unit_of_account") == "category":
            yield (
                "The var unit_of_account is 'category', which IAS 2.29 does not allow: "
                "set it to layer, position or item, or set accounting_framework to us_gaap."
            )
        if variables.get("costing_method") == "lifo":
            yield (
                "The var costing_method is 'lifo', which IAS 2.25 does not allow: "
                "set it to fifo, weighted_average or standard, or set accounting_framework to us_gaap."
            )


def day_of(told: object) -> date | None:
    """The day that a var names; None: it names none."""
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None


def month_end_of(told: object) -> date | None:
    """The month end that a var names; None: it names none."""
    day = day_of(told)
    return day if day and day.day == monthrange(day.year, day.month)[1] else None
