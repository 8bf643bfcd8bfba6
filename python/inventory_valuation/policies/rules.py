"""What the rows of a seed keep together, so that none says nothing and none contradicts another.

Each rule takes the rows of its seed and those of all seeds, and says what is wrong in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb

from inventory_valuation.books.journal_export import FORMATS, SOURCES
from inventory_valuation.policies.rows import Row, Rows, Seeds, grouped
from inventory_valuation.policies.steps import nearest_month_end
from inventory_valuation.sources.contract import input_tables

ROOT = Path(__file__).parents[3]


# The numbers of the seed policy_constants that models read, by the unit that they count in.
CONSTANTS = {
    **dict.fromkeys(("action_days", "dead_order_days", "dead_stock_days", "late_signal_days"), "days"),
    **dict.fromkeys(("new_stock_days", "short_delivery_days"), "days"),
    "long_cover_months": "months",
    **dict.fromkeys(("most_demand_multiple", "outlier_multiple"), "times"),
    **dict.fromkeys(("least_gain_rate", "slip_tolerance"), "share"),
    "least_reserve_change": "share of cost",
}


def every_constant_is_given(rows: Rows, _: Seeds) -> Iterator[str]:
    """A model that finds no number would compare with nothing."""
    for name in sorted(CONSTANTS.keys() - {row["constant"] for row in rows}):
        yield f"the constant {name} is missing, and models need it: add its row."


def constants_suit_their_units(rows: Rows, _: Seeds) -> Iterator[str]:
    """Days are whole, a multiple is above one, and 10 and 12 must not both lie within a slip's tolerance."""
    for row in rows:
        name, value, unit = row["constant"], row["value"], CONSTANTS[row["constant"]]
        if row["unit"] != unit:
            yield f"line {row.line}: {name} counts {unit}, not {row['unit']}: write {unit}."
        if unit == "days" and (value != int(value) or value == 0):
            yield f"line {row.line}: {name} is {value}, and has to be a whole number of days from 1 on."
        if unit == "months" and value == 0:
            yield f"line {row.line}: {name} is 0: give a number of months above 0."
        if unit == "times" and value <= 1:
            yield f"line {row.line}: {name} is {value}: a multiple has to be above 1."
        if unit == "share of cost" and not 0 <= value < 1:
            yield f"line {row.line}: {name} is {value}: give a share of cost from 0 up to 1, 0 for every change."
        if unit == "share" and not 0 < value < 0.09:
            yield f"line {row.line}: {name} is {value}: give a share above 0 and below 0.09, else 10 and 12 mix."


def roles_have_authority(rows: Rows, seeds: Seeds) -> Iterator[str]:
    """Who approves has a role that may decide."""
    roles = {row["approver_role"] for row in seeds.get("authority_levels", [])}
    for row in rows:
        role = str(row["approver_role"]).lower()
        if role == "automatic":
            yield f"line {row.line}: the role automatic stands for what nobody decides: give {row['approver']} another."
        elif role not in roles:
            yield (
                f"line {row.line}: the role {row['approver_role']} of {row['approver']} has no limit: name one of "
                f"{_listed(roles - {'automatic'})}, or give it a limit in seeds/authority_levels.csv."
            )


def limits_make_sense(rows: Rows, _: Seeds) -> Iterator[str]:
    """Roles are compared in small letters, and what a period may hold is no less than one decision in it."""
    for row in rows:
        role = row["approver_role"]
        if role != str(role).lower():
            yield f"line {row.line}: the role {role} is compared in small letters: write {str(role).lower()}."
        if role == "automatic" and row["subject_type"] != "period":
            yield f"line {row.line}: the role automatic has limits for the subject_type period alone: take the row out."
        if row["limit_amount"] > row["period_limit_amount"]:
            yield (
                f"line {row.line}: limit_amount {row['limit_amount']} is above period_limit_amount "
                f"{row['period_limit_amount']}: one decision can't be larger than all of a period."
            )


def the_default_horizon_is_the_var(rows: Rows, _: Seeds) -> Iterator[str]:
    """One horizon holds for all categories without their own, and it has one place."""
    for row in rows:
        if row["category"] == "*" and row["horizon_months"] is not None:
            yield (
                f"line {row.line}: horizon_months of all categories without their own is the var horizon_months: set "
                f"that to {row['horizon_months']} and leave the value of the row `*` empty."
            )


def candidates_have_one_default(rows: Rows, _: Seeds) -> Iterator[str]:
    """Until outcomes are known a default predicts; rungs of the ladder are told apart."""
    defaults = [row for row in rows if row["is_default"]]
    if len(defaults) != 1:
        yield (
            f"{len(defaults) or 'no'} rows have is_default true: mark one model that predicts until outcomes are known."
        )
    for rung, rows_of_rung in grouped(rows, "complexity").items():
        if len(rows_of_rung) > 1:
            yield (
                f"line {rows_of_rung[1].line}: complexity {rung} is that of line {rows_of_rung[0].line} too: the "
                "lowest of equals wins, so let them differ."
            )


# Models of the loss rate that are made; one that nobody makes can't be chosen.
MODELS = (
    *("static_ageing", "calibrated_ageing", "calibrated_recency", "calibrated_coverage", "movement_rate"),
    *("nrv", "sell_through", "linear", "forest", "ensemble"),
)


def features_exist_and_can_be_told(rows: Rows, _: Seeds) -> Iterator[str]:
    """Models read each feature by its name, and a reason is worded with its value."""
    described = (ROOT / "models/features/_features.yml").read_text()
    columns = set(re.findall(r"\{name: (\w+)", described))
    for row in rows:
        if row["feature"] not in columns:
            yield f"line {row.line}: no model makes a feature {row['feature']}: mend its name, or take the row out."
        try:
            row["reason_text"].format(value=1.5, since=date(2024, 1, 31), root=1.2, inverse=0.7)
        except (ValueError, KeyError, IndexError):
            yield (
                f"line {row.line}: reason_text '{row['reason_text']}' can't take a value: write {{value}}, "
                "{since}, {root} or {inverse}, with a format such as {value:.0%}."
            )
        if row["monotone"] not in (0, row["expected_sign"]):
            yield (
                f"line {row.line}: models are to keep the direction {row['monotone']}, and {row['expected_sign']} is "
                "expected: let monotone be 0 or expected_sign."
            )


def returns_end_after_they_are_signed(rows: Rows, _: Seeds) -> Iterator[str]:
    """A contract counts from the one day up to the other."""
    for row in rows:
        if row["ends_on"] <= row["signed_on"]:
            yield (
                f"line {row.line}: the contract ends on {row['ends_on']} and was signed on {row['signed_on']}, so that "
                "it never counts: mend one of the days."
            )


def discounts_have_steps(rows: Rows, _: Seeds) -> Iterator[str]:
    """A price is cut by steps, and never to nothing."""
    for row in rows:
        if row["markdown_step_rate"] == 0 or row["deepest_discount_rate"] == 1:
            yield (
                f"line {row.line}: prices are cut in steps above 0 and never by all: mend markdown_step_rate or "
                "deepest_discount_rate."
            )


def contracts_are_due_after_they_are_signed(rows: Rows, _: Seeds) -> Iterator[str]:
    """A contract counts from the one day up to the other."""
    for row in rows:
        if row["deliver_by"] <= row["signed_on"]:
            yield (
                f"line {row.line}: the contract is due on {row['deliver_by']} and was signed on {row['signed_on']}, so "
                "that it never counts: mend one of the days."
            )
        if row["quantity"] == 0:
            yield f"line {row.line}: the contract is of no unit: give its quantity, or take the row out."


def every_entry_has_an_account(rows: Rows, _: Seeds) -> Iterator[str]:
    """An entry of any category, place and framework finds an account."""
    general = {
        (row["entry_kind"], row["side"])
        for row in rows
        if (row["category"], row["location_id"], row["framework"]) == ("*", "*", "*")
    }
    kinds = ("addition", "relieved_by_sale", "relieved_by_scrap", "reversal", "transferred")
    for kind in (*kinds, "commitment_addition", "commitment_release"):
        for side in ("debit", "credit"):
            if (kind, side) not in general:
                yield (
                    f"the {side} of {kind} has no row with `*` for category, location_id and framework: give the "
                    "account that holds for all others."
                )


# Entries on the reserve itself: what one of them puts on an account another takes off it again.
_RESERVE = {
    *(("addition", "credit"), ("relieved_by_sale", "debit"), ("relieved_by_scrap", "debit"), ("reversal", "debit")),
    *(("transferred", "debit"), ("transferred", "credit")),
}
_ACCRUAL = {("commitment_addition", "credit"), ("commitment_release", "debit")}


def accounts_agree(rows: Rows, _: Seeds) -> Iterator[str]:
    """One code has one name, and a reserve is taken off the account that it was put on."""
    for code, of_code in grouped(rows, "account_code").items():
        names = list(dict.fromkeys(row["account_name"] for row in of_code))
        if len(names) > 1:
            other = next(row for row in of_code if row["account_name"] == names[1])
            yield (
                f"line {other.line}: the account {code} is called '{names[1]}' there and '{names[0]}' in line "
                f"{of_code[0].line}: let it have one name."
            )
    places = dict.fromkeys((row["category"], row["location_id"], row["framework"]) for row in rows)
    for entries in (_RESERVE, _ACCRUAL):
        for place in places:
            of_place = {entry: _account(rows, entry, place) for entry in sorted(entries)}
            found = {entry: row for entry, row in of_place.items() if row}
            codes = {row["account_code"] for row in found.values()}
            if len(codes) > 1:
                told = ", ".join(
                    f"{side} of {kind} {row['account_code']}" for (kind, side), row in found.items() if row
                )
                yield (
                    f"for category {place[0]}, location {place[1]} and framework {place[2]} the balance sheet account "
                    f"differs between entries ({told}): what one puts on it the others take off, so name one account."
                )


def _account(rows: Rows, entry: tuple[str, str], place: tuple[object, ...]) -> Row | None:
    """The row that holds for an entry, as the model journal_lines finds it."""
    fitting = [
        row
        for row in rows
        if (row["entry_kind"], row["side"]) == entry
        and all(row[name] in ("*", told) for name, told in zip(_PLACE, place, strict=True))
    ]
    return max(fitting, key=lambda row: sum(w for name, w in _PLACE.items() if row[name] != "*"), default=None)


_PLACE = {"category": 12, "location_id": 11, "framework": 10}


def layouts_can_be_written(rows: Rows, _: Seeds) -> Iterator[str]:
    """Each column of a file has one place, and a source or a constant that there is."""
    for row in rows:
        if (row["source"] is None) == (row["constant"] is None):
            yield f"line {row.line}: the column {row['header']} needs a source or a constant: give one of them."
        if row["source"] is not None and row["source"] not in SOURCES:
            yield f"line {row.line}: no journal line has '{row['source']}': name one of {_listed(SOURCES)}."
        form = row["format"]
        if form is not None and form not in FORMATS and not re.fullmatch(r"text \d+", str(form)):
            yield f"line {row.line}: the format '{form}' is unknown: name one of {_listed(FORMATS)} or `text 16`."
    for layout, of_layout in grouped(rows, "layout").items():
        for place, at_place in grouped(of_layout, "position").items():
            frameworks = [row["framework"] for row in at_place]
            if "*" in frameworks and len(frameworks) > 1:
                yield (
                    f"line {at_place[1].line}: position {place} of the layout {layout} holds one column for all "
                    "frameworks and another for one: give each framework its own, or one for all."
                )


def usable_is_no_better_than_good(rows: Rows, _: Seeds) -> Iterator[str]:
    """A score may be usable and not yet good, not the other way round."""
    default = next((row for row in rows if row["table_name"] == "*"), None)
    for row in rows:
        usable, good = (
            row[name] if row[name] is not None or default is None else default[name]
            for name in ("usable_from", "good_from")
        )
        if usable is not None and good is not None and usable > good:
            yield f"line {row.line}: usable_from is {usable}, above good_from, which is {good}: lower it."


def tables_exist(rows: Rows, _: Seeds) -> Iterator[str]:
    """Policies are of input tables."""
    tables = input_tables()
    for row in rows:
        if row["table_name"] not in ("*", *tables):
            yield f"line {row.line}: no input table is called {row['table_name']}: name one of {_listed(tables)}."


def tables_are_optional(rows: Rows, _: Seeds) -> Iterator[str]:
    """Only an optional table may be absent."""
    optional = [name for name, table in input_tables().items() if not table.required]
    for row in rows:
        if row["table_name"] not in optional:
            yield f"line {row.line}: {row['table_name']} is no optional table: name one of {_listed(optional)}."


def one_row_holds_for_all(rows: Rows, _: Seeds) -> Iterator[str]:
    """What no other row fits is judged by the row of all categories and segments."""
    if not any(row["category"] == "*" and row["segment"] == "*" for row in rows):
        yield "no row has `*` as its category and as its segment: give the row that holds for all without their own."


def checks_are_watched(rows: Rows, seeds: Seeds) -> Iterator[str]:
    """Who has seen an alert has seen one of a check."""
    checks = {row["check_name"] for row in seeds.get("monitoring_thresholds", [])}
    for row in rows:
        if row["check_name"] not in checks:
            yield f"line {row.line}: no check is called {row['check_name']}: copy the name from monitoring.alerts."


def limits_can_be_passed(rows: Rows, _: Seeds) -> Iterator[str]:
    """A limit is of something that is watched, and there is room between two of them."""
    watched = _words_of("models/monitoring/**/*.sql", "macros/project/*.sql")
    for row in rows:
        lower, upper = row["lower_limit"], row["upper_limit"]
        if row["check_name"] not in watched:
            yield f"line {row.line}: nothing is watched as {row['check_name']}: mend its name, or take the row out."
        if lower is None and upper is None:
            yield f"line {row.line}: {row['check_name']} has no limit: give one, or take the row out."
        if lower is not None and upper is not None and lower > upper:
            yield f"line {row.line}: lower_limit is {lower}, above upper_limit, which is {upper}: change one of them."
    confidence = [row for row in rows if row["check_name"] == "interval_rate"]
    if not confidence or None in (confidence[0]["lower_limit"], confidence[0]["upper_limit"]):
        yield "interval_rate needs both limits: they tell high from low confidence."


def patterns_can_be_read(rows: Rows, _: Seeds) -> Iterator[str]:
    """A pattern is a regular expression."""
    for row in rows:
        try:
            matches_all = duckdb.execute("select regexp_matches('', ?)", [row["pattern"]]).fetchall()[0][0]
        except duckdb.Error as error:
            yield f"line {row.line}: the pattern {row['pattern']} can't be read: {str(error).splitlines()[0]}."
            continue
        if matches_all:
            yield f"line {row.line}: the pattern {row['pattern']} fits every id: begin it with ^ and end it with $."


def codes_are_capitals(rows: Rows, _: Seeds) -> Iterator[str]:
    """Reasons of overrides are compared in capitals."""
    for row in rows:
        if row["reason_code"] != str(row["reason_code"]).upper():
            yield f"line {row.line}: reason codes are compared in capitals: write {str(row['reason_code']).upper()}."


def plans_are_of_month_ends(rows: Rows, _: Seeds) -> Iterator[str]:
    """A reserve is planned for a day at which stock is valued."""
    for row in rows:
        if (row["period_end"] + timedelta(days=1)).day != 1:
            yield f"line {row.line}: {row['period_end']} is no month end: name {nearest_month_end(row['period_end'])}."


def _listed(words: Iterable[object]) -> str:
    return ", ".join(sorted(str(word) for word in words))


@cache
def _words_of(*patterns: str) -> frozenset[str]:
    """All quoted words of some files of the project: what code names, a seed may name."""
    texts = (path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return frozenset(word for text in texts for word in re.findall(r"""["'](\w+)["']""", text))
