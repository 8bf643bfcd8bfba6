"""Few combinations of many settings in which every value, or every pair of values, stands at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random

Setting = dict[str, object]
_TRIES = 300


def covering_settings(
    values: Mapping[str, Sequence[object]], forbidden: Sequence[Mapping[str, object]], count: int | None
) -> list[Setting]:
    """Combinations, the same at every run: each takes the most pairs that none before it had.

    Args:
        values: what each setting may be, by name.
        forbidden: pairs that never stand together.
        count: how many, every value standing in one of them; none: as many as every pair needs.

    Raises:
        ValueError: so few can't hold every value.
    """
    random = Random(1)
    open_pairs = {
        pair
        for one, other in combinations(values, 2)
        for pair in ((one, a, other, b) for a in range(len(values[one])) for b in range(len(values[other])))
        if not _is_forbidden(dict(_named(values, pair)), forbidden)
    }
    open_values = {(name, place) for name in values for place in range(len(values[name]))}
    rows: list[dict[str, int]] = []
    while open_pairs if count is None else len(rows) < count:
        tries = [_drawn(values, forbidden, open_values, open_pairs, random) for _ in range(_TRIES)]
        row = max(tries, key=lambda row: (len(open_values & row.items()), len(open_pairs & _pairs(row))))
        open_values -= row.items()
        open_pairs -= _pairs(row)
        rows.append(row)
    if open_values:
        raise ValueError(f"{count} combinations leave out {sorted(open_values)}")
    return [{name: values[name][place] for name, place in row.items()} for row in rows]


def _pairs(row: Mapping[str, int]) -> set[tuple]:
    return {(one, row[one], other, row[other]) for one, other in combinations(row, 2)}


def _named(values: Mapping[str, Sequence[object]], pair: tuple) -> list[tuple[str, object]]:
    one, a, other, b = pair
    return [(one, values[one][a]), (other, values[other][b])]


def _is_forbidden(row: Setting, forbidden: Sequence[Mapping[str, object]]) -> bool:
    return any(all(row.get(name) == value for name, value in pair.items()) for pair in forbidden)


def _drawn(
    values: Mapping[str, Sequence[object]],
    forbidden: Sequence[Mapping[str, object]],
    open_values: set,
    open_pairs: set,
    random: Random,
) -> dict[str, int]:
    """A combination around a pair that is still open, of values that are still open where there are such."""
    while True:
        row = dict.fromkeys(values, 0)
        for name in values:
            fresh = [place for place in range(len(values[name])) if (name, place) in open_values]
            row[name] = random.choice(fresh or range(len(values[name])))
        if open_pairs and not open_values:
            one, a, other, b = random.choice(sorted(open_pairs))
            row[one], row[other] = a, b
        if not _is_forbidden({name: values[name][place] for name, place in row.items()}, forbidden):
            return row
