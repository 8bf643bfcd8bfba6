"""What is not as it was after the last build, by cause."""

from __future__ import annotations

from collections import Counter

from duckdb import DuckDBPyConnection

from inventory_valuation.queries import rows_of
from inventory_valuation.summary.words import change, listed, money, plural, sentence

_CHANGES = "select * from marts.changes_since_last_build order by period_end desc, effect, cause"
_IS_FIRST = """
    select count(*) > 0 and count(*) = count(*) filter (
        where period_end in (select period_end from marts.changes_since_last_build where effect = 'first proposal')
    ) as is_first
    from governance.period_proposals
"""
_CAUSES = {
    "facts": "new facts (quantity or cost)",
    "policy": "a policy (a seed or a var)",
    "champion": "another model or rule, which newly known outcomes prefer",
    "training": "another training of the model",
    "evidence": "new facts about the item or its market",
}
_MOST = 4


def change_lines(connection: DuckDBPyConnection) -> list[str]:
    """What changed since the last build: periods, facts, outcomes, trainings, policies."""
    (known,) = rows_of(connection, _IS_FIRST)
    if known["is_first"]:
        return sentence("This is the first build of this company: later builds are compared with it.")
    rows = rows_of(connection, _CHANGES)
    by_effect = {effect: [row for row in rows if row["effect"] == effect] for effect in {row["effect"] for row in rows}}
    lines = []
    for row in by_effect.get("first proposal", []):
        told = (
            f"New month end {row['period_end']}: {plural(row['change_count'], 'position')} proposed for the first time"
        )
        lines += sentence(f"{told}, {money(row['amount_now'])}.")
    if outcomes := by_effect.get("outcome known"):
        dates = listed([str(row["period_end"]) for row in outcomes])
        lines += sentence(f"New outcomes: what became of the stock of {dates} is known now.")
    if trainings := by_effect.get("models trained"):
        dates = listed([str(row["period_end"]) for row in trainings])
        lines += sentence(f"Trained anew: the models of {dates}.")
    changed = _each_cause_first([*by_effect.get("proposed anew", []), *by_effect.get("proposal stands", [])])
    for row in changed[:_MOST]:
        lines += _changed(row)
    if len(changed) > _MOST:
        lines += sentence(f"{len(changed) - _MOST:,} more changes: marts.changes_since_last_build")
    return lines or sentence("Nothing: facts, outcomes, models and policies are those of the last build.")


def _each_cause_first(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The first row of each cause, then the second of each, and so on: a short list shows every cause."""
    seen: Counter[object] = Counter()
    places = []
    for row in rows:
        seen[row["cause"]] += 1
        places.append(seen[row["cause"]])
    return [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]


def _changed(row: dict[str, object]) -> list[str]:
    count, cause = plural(row["change_count"], "position"), _CAUSES.get(row["cause"], row["cause"])
    if row["effect"] == "proposed anew":
        cost = f"; their cost changed by {change(row['cost_difference_amount'])}" if row["cause"] == "facts" else ""
        told = f"proposed anew because of {cause}: {money(row['amount_before'])} became {money(row['amount_now'])}"
        return sentence(f"{row['period_end']}: {count} {told} ({change(row['difference_amount'])}){cost}.")
    told = f"stand at {money(row['amount_before'])}; because of {cause} they would be {money(row['amount_now'])} now"
    return sentence(f"{row['period_end']}: proposals of {count} {told} ({change(row['difference_amount'])}).")
