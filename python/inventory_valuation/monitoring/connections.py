"""Direct tests of connections that people miss: defects and later returns, weather and sales, signals and sales."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

Vector = NDArray[np.float64]
Places = NDArray[np.int64]

DRAWS = 500
FALSE_SHARE = 0.05  # of what is called found
_FEWEST_ENTITIES = 5
_FEWEST_WEEKS = 52
_NEAREST_ROTATION = 4
_REACH = 1.96


@dataclass(frozen=True)
class Connection:
    """A cause, an effect and how far the one moves the other.

    Attributes:
        connection: which two things.
        member: the group that it is about.
        effect: how far the effect moves with one unit of the cause.
        error: standard error of that.
        p_value: chance of so large an effect where there is none.
        observations: pairs of cause and effect.
        entities: suppliers, items or weeks that were drawn anew or rotated: what counts as independent.
        words: a sentence with places for effect, lower and upper.
        scale: what the effect is multiplied with in the sentence.
    """

    connection: str
    member: str
    effect: float
    error: float
    p_value: float
    observations: int
    entities: int
    words: str
    scale: float


def panel_effect(columns: list[Vector], effect: Vector, weight: Vector, entity: Places, period: Places) -> Vector:
    """How an effect moves with causes, of entities over periods, each period against its own mean.

    Args:
        columns: the cause, then what is held fixed beside it, each of shape (n,).
        effect: shape (n,).
        weight: of each row, above 0.
        entity: places 0, 1, …; rows of an entity are not independent.
        period: places 0, 1, …

    Returns:
        The coefficient of the cause and, in draws of entities with replacement (Cameron, Gelbach and Miller, 2008), its
        standard error; NaN where the cause does not move.
    """
    total = np.bincount(period, weight)

    def against_period(values: Vector) -> Vector:
        return values - (np.bincount(period, weight * values) / total)[period]

    causes = np.stack([against_period(column) for column in columns], axis=1)
    moved = against_period(effect)
    count = int(entity.max()) + 1
    squares = np.zeros((count, len(columns), len(columns)))
    products = np.zeros((count, len(columns)))
    np.add.at(squares, entity, weight[:, None, None] * causes[:, :, None] * causes[:, None, :])
    np.add.at(products, entity, weight[:, None] * causes * moved[:, None])
    drawn = np.random.default_rng(1).multinomial(count, np.full(count, 1 / count), DRAWS).astype(float)
    shares = np.vstack([np.ones(count), drawn])
    # A ridge so small that it only keeps draws without any movement finite.
    ridge = 1e-9 * np.trace(squares.sum(axis=0)) * np.eye(len(columns))
    if not np.trace(ridge) > 0:
        return np.array([np.nan, np.nan])
    sides = np.einsum("de,eij->dij", shares, squares) + ridge
    slopes = np.linalg.solve(sides, np.einsum("de,ei->di", shares, products)[:, :, None])[:, 0, 0]
    return np.array([slopes[0], slopes[1:].std()])


def rotated_effects(cause: Vector, effects: Vector) -> tuple[Vector, Vector]:
    """How series move with one that is common to all, and by how much they seem to when it is shifted in time.

    A shifted series keeps its own rhythm and loses every connection: what is left is chance.

    Args:
        cause: shape (t,).
        effects: shape (t, g).

    Returns:
        The slopes and their standard errors, each of shape (g,).
    """
    centred = cause - cause.mean()
    shifts = range(_NEAREST_ROTATION, len(cause) - _NEAREST_ROTATION + 1)
    slopes = np.array([np.roll(centred, shift) @ effects for shift in (0, *shifts)]) / (centred @ centred)
    return slopes[0], np.sqrt((slopes[1:] ** 2).mean(axis=0))


def adjusted(p_values: Vector) -> Vector:
    """P-values such that of those under a limit at most that share is false (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    lowest = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1)
    found = np.empty(len(p_values))
    found[order] = lowest
    return found


def connections(defects: pa.Table, weather: pa.Table, signals: pa.Table) -> pa.Table:
    """Test every connection for which a company delivers the feeds.

    Args:
        defects: supplier_id, month_number, defect_rate, excess_return_rate, line_count.
        weather: subcategory, week_number, weather_change, sales_change; every subcategory has every week.
        signals: signal, item_id, blocks_ago, signal_change, sales_change, price_change, line_count.

    Returns:
        One row per connection and member: connection, member, effect, lower, upper (95 %), p_value, adjusted_p_value,
        is_found, observations, entities and message.
    """
    tested = [*_of_defects(defects), *_of_weather(weather), *_of_signals(signals)]
    tested = [one for one in tested if np.isfinite(one.error) and one.error > 0]
    return pa.Table.from_pylist(
        [
            {
                "connection": one.connection,
                "member": one.member,
                "effect": round(one.effect, 6),
                "lower": round(one.effect - _REACH * one.error, 6),
                "upper": round(one.effect + _REACH * one.error, 6),
                "p_value": round(one.p_value, 6),
                "adjusted_p_value": round(float(p_value), 6),
                "is_found": bool(p_value < FALSE_SHARE),
                "observations": one.observations,
                "entities": one.entities,
                "message": _message(one, bool(p_value < FALSE_SHARE)),
            }
            for one, p_value in zip(tested, adjusted(np.array([one.p_value for one in tested])), strict=True)
        ],
        schema=_CONNECTIONS,
    )


def _message(one: Connection, is_found: bool) -> str:
    effect, reach = one.scale * one.effect, one.scale * _REACH * one.error
    told = one.words.format(effect=effect, lower=effect - reach, upper=effect + reach)
    return told if is_found else f"Not beyond chance: {told[0].lower()}{told[1:]}"


def _of_defects(table: pa.Table) -> Iterator[Connection]:
    if not len(table):
        return
    entity, period = (_places(table, name) for name in ("supplier_id", "month_number"))
    cause, effect, weight = (_numbers(table, name) for name in ("defect_rate", "excess_return_rate", "line_count"))
    words = (
        "For each point more of defects in inspections, {effect:+.2f} points of a supplier's order lines come back in "
        "the three months after ({lower:+.2f} to {upper:+.2f})."
    )
    yield from _of_panel("supplier defects and later returns", words, 1, [cause], effect, weight, entity, period)


def _of_weather(table: pa.Table) -> Iterator[Connection]:
    groups = np.unique(table["subcategory"].to_pylist())
    weeks = len(table) // max(len(groups), 1)
    if weeks < _FEWEST_WEEKS:
        return
    table = table.sort_by([("week_number", "ascending"), ("subcategory", "ascending")])
    cause = _numbers(table, "weather_change").reshape(weeks, -1)[:, 0]
    if not cause.std() > 0:
        return
    effects, errors = rotated_effects(cause, _numbers(table, "sales_change").reshape(weeks, -1))
    words = (
        "With each unit of the weather signal over the weeks around, order lines change by {effect:+.1f}% "
        "({lower:+.1f}% to {upper:+.1f}%)."
    )
    for group, effect, error in zip(groups.tolist(), effects.tolist(), errors.tolist(), strict=True):
        p_value = math.erfc(abs(effect / error) / math.sqrt(2)) if error > 0 else math.nan
        yield Connection("weather and sales", group, effect, error, p_value, weeks, weeks, words, 100)


def _of_signals(table: pa.Table) -> Iterator[Connection]:
    for signal in sorted(set(table["signal"].to_pylist())):
        rows = table.filter(pa.compute.equal(table["signal"], signal))
        entity, period = (_places(rows, name) for name in ("item_id", "blocks_ago"))
        cause, price, effect, weight = (
            _numbers(rows, name) for name in ("signal_change", "price_change", "sales_change", "line_count")
        )
        words = (
            f"Where {signal} rises by 10%, an item's order lines change by {{effect:+.1f}}% four weeks later "
            "({lower:+.1f}% to {upper:+.1f}%)."
        )
        yield from _of_panel(f"{signal} and later sales", words, 10, [cause, price], effect, weight, entity, period)


def _of_panel(
    connection: str,
    words: str,
    scale: float,
    causes: list[Vector],
    effect: Vector,
    weight: Vector,
    entity: Places,
    period: Places,
) -> Iterator[Connection]:
    count = int(entity.max()) + 1
    if count < _FEWEST_ENTITIES:
        return
    slope, error = panel_effect(causes, effect, weight, entity, period).tolist()
    p_value = float(2 * stats.t.sf(abs(slope / error), count - 1)) if error > 0 else math.nan
    yield Connection(connection, "all", slope, error, p_value, len(effect), count, words, scale)


def _numbers(table: pa.Table, name: str) -> Vector:
    return table[name].cast(pa.float64()).to_numpy()


def _places(table: pa.Table, name: str) -> Places:
    return np.unique(table[name].to_numpy(zero_copy_only=False), return_inverse=True)[1]


_CONNECTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("connection", "member")),
        *((name, pa.float64()) for name in ("effect", "lower", "upper", "p_value", "adjusted_p_value")),
        ("is_found", pa.bool_()),
        *((name, pa.int64()) for name in ("observations", "entities")),
        ("message", pa.string()),
    ]
)
