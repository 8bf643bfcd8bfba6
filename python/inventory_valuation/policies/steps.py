"""Policies by steps: every age, measure, probability and month end falls into one step, and only one.

Each rule takes the rows of its seed and those of all seeds, and says what is wrong in sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from inventory_valuation.policies.rows import Rows, Seeds, grouped

# A year of 53 weeks that ends on the last Saturday of December has a period that ends eleven days before its month.
MOST_DAYS = 12


def every_age_has_one_bucket(rows: Rows, _: Seeds) -> Iterator[str]:
    """Buckets of whole days follow each other from 0 on; the oldest has no end."""
    if not rows:
        yield "it has no bucket: give at least one, from 0 days on and without an end."
        return
    by_age = sorted(rows, key=lambda row: (row["from_days"], row.line))
    youngest, oldest = by_age[0], by_age[-1]
    if youngest["from_days"] > 0:
        yield (
            f"line {youngest.line}: the youngest bucket begins at {youngest['from_days']} days, and no bucket holds "
            "younger stock: let it begin at 0."
        )
    for row in by_age:
        if row["to_days"] is not None and row["to_days"] < row["from_days"]:
            yield f"line {row.line}: the bucket ends at {row['to_days']} days, before it begins at {row['from_days']}."
    for row, after in pairwise(by_age):
        begins, ends = after["from_days"], row["to_days"]
        if ends is None or ends >= begins:
            yield (
                f"line {row.line}: the bucket {'has no end' if ends is None else f'ends at {ends} days'}, and the one "
                f"of line {after.line} begins at {begins}, so that an age is in both: end it at {begins - 1}."
            )
        elif ends >= row["from_days"] and ends < begins - 1:
            yield (
                f"line {after.line}: the bucket begins at {begins} days, and the one before ends at {ends}, so that "
                f"no bucket holds what lies between: let it begin at {ends + 1}."
            )
        if row["bucket"] > after["bucket"]:
            yield (
                f"line {after.line}: bucket {after['bucket']} is older than bucket {row['bucket']}: number the "
                "buckets from the youngest on."
            )
    if oldest["to_days"] is not None:
        yield (
            f"line {oldest.line}: the oldest bucket ends at {oldest['to_days']} days, and no bucket holds older stock: "
            "leave its to_days empty."
        )


def every_measure_has_one_bucket(rows: Rows, _: Seeds) -> Iterator[str]:
    """By rule: buckets from 0 on without gap or overlap, and one for what has no measure."""
    for rule, of_rule in grouped(rows, "rule").items():
        unmeasured = [row for row in of_rule if row["from_value"] is None]
        for row in unmeasured:
            if row["to_value"] is not None:
                yield f"line {row.line}: from_value is empty and to_value is not: give both or none."
        if len(unmeasured) != 1:
            yield (
                f"the rule {rule} has {len(unmeasured) or 'no'} buckets for positions without a measure: give one row "
                "with from_value and to_value both empty."
            )
        measured = sorted((row for row in of_rule if row["from_value"] is not None), key=lambda row: row["from_value"])
        if not measured or measured[0]["from_value"] > 0:
            yield f"the rule {rule} has no bucket that begins at 0: give its lowest bucket from_value 0."
        for row, after in pairwise(measured):
            if row["to_value"] != after["from_value"]:
                yield (
                    f"line {row.line}: a bucket of {rule} {_end(row['to_value'])}, and the next, of line {after.line}, "
                    f"begins at {after['from_value']}: let it end there."
                )
        if measured and measured[-1]["to_value"] is not None:
            yield f"line {measured[-1].line}: the highest bucket of {rule} has an end: leave its to_value empty."
    for rule in sorted({"calibrated_recency", "calibrated_coverage", "movement_rate"} - {row["rule"] for row in rows}):
        yield f"the rule {rule} has no bucket: give its rows back."


def _end(value: object) -> str:
    return "has no end" if value is None else f"ends at {value}"


def every_probability_has_one_band(rows: Rows, _: Seeds) -> Iterator[str]:
    """By segment: bands from 0 on, no two from the same probability; and bands for all other segments."""
    groups = grouped(rows, "segment")
    if None not in groups:
        yield "no row has an empty segment: give the bands of all segments without bands of their own."
    for segment, of_segment in groups.items():
        name = f"the segment {segment}" if segment else "all segments"
        starts = sorted(of_segment, key=lambda row: row["from_probability"])
        lowest = starts[0]
        if lowest["from_probability"] != 0:
            yield f"line {lowest.line}: the lowest band of {name} begins at {lowest['from_probability']}, not at 0."
        for row, after in pairwise(starts):
            if row["from_probability"] == after["from_probability"]:
                yield (
                    f"line {after.line}: the bands {row['risk_band']} and {after['risk_band']} of {name} both begin at "
                    f"{row['from_probability']}: let one begin elsewhere."
                )


def every_month_end_has_its_period(rows: Rows, _: Seeds) -> Iterator[str]:
    """A period is told by the month end next to which it ends, so that each month end has one."""
    in_time = sorted(rows, key=lambda row: row["period_end"])
    for row in in_time:
        month = nearest_month_end(row["period_end"])
        days = abs((row["period_end"] - month).days)
        if days > MOST_DAYS:
            yield (
                f"line {row.line}: the period ends on {row['period_end']}, {days} days from the month end {month}: "
                f"stock is valued at month ends, so that each period is to end within {MOST_DAYS} days of one. A "
                "year of thirteen periods can't be told so."
            )
    for row, after in pairwise(in_time):
        here, there = nearest_month_end(row["period_end"]), nearest_month_end(after["period_end"])
        if here == there:
            yield f"line {after.line}: its period ends next to {there}, as that of line {row.line} does: keep one."
        elif there != nearest_month_end(here + timedelta(days=31)):
            yield f"line {after.line}: between {here} and {there} the period of a month end is missing: add its row."
        if after["fiscal_year"] == row["fiscal_year"]:
            follows = after["fiscal_period"] == row["fiscal_period"] + 1
            follows = follows and 0 <= after["fiscal_quarter"] - row["fiscal_quarter"] <= 1
        else:
            follows = (after["fiscal_year"], after["fiscal_period"], after["fiscal_quarter"]) == (
                row["fiscal_year"] + 1,
                1,
                1,
            )
        if not follows:
            yield (
                f"line {after.line}: period {after['fiscal_period']} of quarter {after['fiscal_quarter']} of "
                f"{after['fiscal_year']} doesn't follow period {row['fiscal_period']} of quarter "
                f"{row['fiscal_quarter']} of {row['fiscal_year']}: number periods from 1 in each year, by their ends."
            )


def nearest_month_end(day: date) -> date:
    """The month end that lies nearest to a day."""
    before = day.replace(day=1) - timedelta(days=1)
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return before if day - before < after - day else after
