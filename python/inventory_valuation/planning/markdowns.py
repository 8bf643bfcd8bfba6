"""What a stock brings under each way of pricing it until the end of the horizon, and which way brings most.

Demand of a month is the forecast's, times the price over the forecast price to the power of the elasticity. Neither is
known: each position is valued at equally likely levels of its demand times equally likely elasticities, the same under
every way of pricing, so that a gain is a difference in the same circumstances. What is left at the end brings its
recovery value; holding costs by the month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincinv, ndtri

from inventory_valuation.forecasting.distributions import LEAST_VARIATION

HOLD, FINAL, ONE, STAGED, CLEAR, RETURN = OPTIONS = (
    "hold",
    "clear at the end",
    "mark down",
    "mark down in stages",
    "clear",
    "return to supplier",
)
STAGES = 3
_LEVELS = 16
_ANSWERS = 5
_CLEARED = (0.25, 0.5, 0.75, 0.9, 1.0)
_INTERVAL = (0.1, 0.9)
_BLOCK = 256

Vector = NDArray[np.float64]


class Stock(NamedTuple):
    """Positions by row; months ahead by column where both matter. Money in the reporting currency.

    Attributes:
        quantity: units on hand.
        bulk, recovery, holding: of a unit: what it brings at once to whoever takes all, what it brings unsold at the
            end, what it costs to hold for a month.
        proceeds: what a unit brings that sells in the month at the forecast price, less selling costs; 0 after the
            position's own horizon, as is demand.
        demand: forecast units by month.
        levels: demand over its forecast, equally likely, by column.
        answers: elasticities, equally likely, by column.
        most_multiple: demand never grows more by a markdown.
        months: the position's own horizon.
        offer, offer_quantity: what the supplier refunds for a unit, and for how many.
    """

    quantity: Vector
    bulk: Vector
    recovery: Vector
    holding: Vector
    proceeds: Vector
    demand: Vector
    levels: Vector
    answers: Vector
    most_multiple: Vector
    months: Vector
    offer: Vector
    offer_quantity: Vector


class Plan(NamedTuple):
    """One way to treat each position: discounts on the forecast price by month, and units that go at once."""

    discounts: Vector
    gone: Vector
    gone_value: Vector


def markdown_options(positions: pa.Table, months: pa.Table) -> pa.Table:
    """The best plan of each kind for each position, with what it brings.

    Args:
        positions: item_id, location_id, has_loss_to_come (else holding alone is valued), free_quantity,
            unit_clearance_value and unit_final_value (what a unit brings to whoever takes all now, and unsold at the
            end), unit_holding_cost (a year), selling_cost_rate, markdown_step_rate, deepest_discount_rate,
            most_demand_multiple, demand_variation, elasticity and elasticity_error (null unknown), returnable_quantity
            and unit_refund.
        months: item_id, location_id, month_ahead, expected_quantity and expected_net_price of each of them.

    Returns:
        One row per position and option: item_id, location_id, option, the discounts of the three stages of the horizon,
        cleared_quantity, expected sold, unsold, proceeds, recovery, holding cost and value, the gains over holding and
        over a clearance at the end with their lower and upper bounds (one in ten lies outside each), is_best. Ways of
        pricing need an elasticity; a return needs a contract.
    """
    order = [("item_id", "ascending"), ("location_id", "ascending")]
    positions = positions.sort_by(order)
    stock = _stock_of(positions, months.sort_by([*order, ("month_ahead", "ascending")]))
    steps = {name: _numbers(positions, name) for name in ("markdown_step_rate", "deepest_discount_rate")}
    priced = ~np.isnan(_numbers(positions, "elasticity"))
    losing = positions["has_loss_to_come"].to_numpy(zero_copy_only=False)
    kinds = np.stack([*steps.values(), stock.months, priced, losing])
    found = []
    for kind in np.unique(kinds, axis=1).T:
        rows = np.flatnonzero((kinds == kind[:, None]).all(axis=0))
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            found.append(_options_of(_rows(stock, block), block, kind))
    if not found:
        found = [_options_of(_rows(stock, np.arange(0)), np.arange(0), np.array([0.15, 0.6, 1, 0, 0]))]
    columns = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
    order = np.lexsort((columns.pop("rank"), columns["row"]))
    row = columns.pop("row")[order]
    keys = {name: positions[name].take(pa.array(row)) for name in ("item_id", "location_id")}
    return pa.table({**keys, **{name: pa.array(values[order]) for name, values in columns.items()}})


def demand_levels(variation: Vector) -> Vector:
    """Demand over its mean at equally likely levels, the mean of each sixteenth of the gamma distribution.

    >>> demand_levels(np.array([0.5])).mean().round(6).item()
    1.0
    """
    shape = 1 / np.maximum(variation, LEAST_VARIATION)[:, None]
    edges = gammaincinv(shape, np.arange(_LEVELS + 1) / _LEVELS)
    return np.diff(gammainc(shape + 1, edges), axis=1) * _LEVELS


def likely_elasticities(mean: Vector, error: Vector) -> Vector:
    """Equally likely elasticities around their mean, none above 0: a lower price never sells less."""
    centres = ndtri((np.arange(_ANSWERS) + 0.5) / _ANSWERS)
    return np.minimum(np.nan_to_num(mean)[:, None] + np.nan_to_num(error)[:, None] * centres, 0.0)


def price_paths(step: float, deepest: float) -> Vector:
    """All discounts of three stages that never rise in price again, in steps down to the deepest; holding comes first.

    >>> price_paths(0.3, 0.6).tolist()[:4]
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.3], [0.0, 0.0, 0.6], [0.0, 0.3, 0.3]]
    """
    depths = np.append(np.arange(0, deepest - 1e-9, step), deepest) if deepest > 0 else np.zeros(1)
    stages = np.stack(np.meshgrid(*[depths] * STAGES, indexing="ij"), axis=-1).reshape(-1, STAGES)
    return stages[(np.diff(stages, axis=1) >= 0).all(axis=1)]


def outcome_values(stock: Stock, plan: Plan) -> Vector:
    """What each position brings, by elasticity and demand level: sales, recovery and what goes at once, less holding.

    Returns:
        Shape (positions, elasticities, levels).
    """
    left = stock.quantity - plan.gone
    sold = _sold(stock, plan)
    price = stock.proceeds * (1 - plan.discounts)
    last = np.arange(price.shape[1]) == stock.months[:, None] - 1
    # Units sold by month at that month's price are cumulated sales at the fall of the price to the next month.
    weight = price - np.append(price[:, 1:], np.zeros((len(price), 1)), axis=1)
    is_month = np.arange(price.shape[1]) < stock.months[:, None]
    weight = weight + is_month * (stock.holding[:, None] * (1 - last / 2) - last * stock.recovery[:, None])
    fixed = left * stock.recovery - stock.holding * stock.months * left + plan.gone_value
    return np.einsum("nebh,nh->neb", sold, weight) + fixed[:, None, None]


def _sold(stock: Stock, plan: Plan) -> Vector:
    """Units sold up to each month, by elasticity, level and month."""
    ratio = np.log1p(-plan.discounts)[:, None, :] * stock.answers[:, :, None]
    multiple = np.minimum(np.exp(ratio), stock.most_multiple[:, None, None])
    asked = np.cumsum(stock.demand[:, None, :] * multiple, axis=2)
    wanted = asked[:, :, None, :] * stock.levels[:, None, :, None]
    return np.minimum(wanted, (stock.quantity - plan.gone)[:, None, None, None])


def _options_of(stock: Stock, block: NDArray[np.int64], kind: Vector) -> dict[str, NDArray]:
    """Rows of all options of a block of positions that share steps, horizon, what is known and whether they lose."""
    step, deepest, horizon, priced, losing = kind
    n, months = stock.demand.shape
    hold = _plan(stock, np.zeros(STAGES), horizon)
    final = hold
    if priced:
        final = hold._replace(discounts=hold.discounts + deepest * (np.arange(months) == horizon - 1))
    plans = {HOLD: [hold], FINAL: [final]}
    if losing:
        plans |= {CLEAR: [_cleared(stock, hold, share) for share in _CLEARED], RETURN: [_returned(stock, hold)]}
    if losing and priced:
        stages = price_paths(step, deepest)[1:]
        flat = stages[:, 0] == stages[:, -1]
        plans[ONE] = [_plan(stock, path, horizon) for path in stages[flat]]
        plans[CLEAR] += [_cleared(stock, plan, share) for plan in plans[ONE] for share in _CLEARED[:-1]]
        plans[STAGED] = [_plan(stock, path, horizon) for path in stages[~flat]]
    best = {option: _best(stock, ways) for option, ways in plans.items() if ways}
    values = {option: outcome_values(stock, plan) for option, plan in best.items()}
    means = np.stack([values[option].mean(axis=(1, 2)) for option in best])
    if losing:
        means[list(best).index(RETURN)][stock.offer_quantity <= 0] = -np.inf
    means[list(best).index(FINAL)] = -np.inf  # a yardstick, not a plan: whoever waits may still clear
    chosen = np.argmax(means, axis=0)  # the first of equals: holding before doing anything
    rows = []
    for number, (option, plan) in enumerate(best.items()):
        kept = stock.offer_quantity > 0 if option == RETURN else np.full(n, bool(losing) or option == HOLD)
        told = _told(stock, plan, values[option], values[HOLD], values[FINAL])
        told |= {
            "row": block, "rank": np.full(n, OPTIONS.index(option)), "option": np.full(n, option, dtype="U20"),
            "is_best": chosen == number,
        }  # fmt: skip
        rows.append({name: column[kept] for name, column in told.items()})
    return {name: np.concatenate([one[name] for one in rows]) for name in rows[0]}


def _told(stock: Stock, plan: Plan, value: Vector, hold: Vector, final: Vector) -> dict[str, NDArray]:
    """What a person reads of one plan."""
    sold = _sold(stock, plan).mean(axis=(1, 2))
    last = sold[:, -1]
    by_month = np.diff(sold, axis=1, prepend=0.0)
    proceeds = (by_month * stock.proceeds * (1 - plan.discounts)).sum(axis=1)
    unsold = stock.quantity - plan.gone - last
    recovery = unsold * stock.recovery
    mean = value.mean(axis=(1, 2))
    told = {
        f"{name}_discount_rate": plan.discounts[
            np.arange(len(last)), np.minimum(stock.months * stage // STAGES, stock.months - 1).astype(np.int64)
        ]
        for stage, name in enumerate(("first", "second"))
    }
    told["last_discount_rate"] = plan.discounts[np.arange(len(last)), (stock.months - 1).astype(np.int64)]
    told |= {
        "cleared_quantity": plan.gone,
        "expected_sold_quantity": last,
        "expected_unsold_quantity": unsold,
        "expected_proceeds_amount": proceeds + plan.gone_value,
        "expected_recovery_amount": recovery,
        "holding_cost_amount": proceeds + plan.gone_value + recovery - mean,
        "expected_value": mean,
    }
    for name, other in (("gain_over_holding", hold), ("gain_over_final_clearance", final)):
        gains = (value - other).reshape(len(value), _ANSWERS * _LEVELS)
        told[f"{name}_amount"] = gains.mean(axis=1)
        for bound, share in zip(("lower", "upper"), _INTERVAL, strict=True):
            # What is expected lies within, though a rare large demand may carry it beyond nine in ten.
            outermost = np.minimum if bound == "lower" else np.maximum
            told[f"{name}_{bound}_amount"] = outermost(np.quantile(gains, share, axis=1), gains.mean(axis=1))
    return told


def _best(stock: Stock, plans: list[Plan]) -> Plan:
    """For each position the plan of most expected value, the first of equals."""
    means = np.stack([outcome_values(stock, plan).mean(axis=(1, 2)) for plan in plans])
    chosen = np.argmax(means.round(6), axis=0)
    each = np.arange(len(chosen))
    return Plan(*(np.stack(parts)[chosen, each] for parts in zip(*plans, strict=True)))


def _plan(stock: Stock, stages: Vector, horizon: float) -> Plan:
    """A path of prices, each stage a third of the horizon."""
    n, months = stock.demand.shape
    stage = np.minimum(np.arange(months) * STAGES // max(int(horizon), 1), STAGES - 1)
    return Plan(np.broadcast_to(stages[stage], (n, months)), np.zeros(n), np.zeros(n))


def _cleared(stock: Stock, hold: Plan, share: float) -> Plan:
    """So much of the stock goes at once to whoever takes it all, in whole units where it is whole."""
    gone = share * stock.quantity
    gone = np.where(stock.quantity == np.rint(stock.quantity), np.ceil(gone), gone)
    return hold._replace(gone=gone, gone_value=gone * stock.bulk)


def _returned(stock: Stock, hold: Plan) -> Plan:
    gone = np.minimum(stock.offer_quantity, stock.quantity)
    return hold._replace(gone=gone, gone_value=gone * stock.offer)


def _stock_of(positions: pa.Table, months: pa.Table) -> Stock:
    """Both tables sorted by position, the months by month too."""
    n = len(positions)
    keys = [
        np.char.add(_texts(table, "item_id"), np.char.add("\x01", _texts(table, "location_id")))
        for table in (positions, months)
    ]
    is_planned = np.isin(keys[1], keys[0])
    months = months.filter(pa.array(is_planned))
    row = np.searchsorted(keys[0], keys[1][is_planned])
    month = months["month_ahead"].to_numpy().astype(np.int64) - 1
    width = int(month.max(initial=0)) + 1
    demand, price = np.zeros((n, width)), np.zeros((n, width))
    demand[row, month] = np.maximum(_numbers(months, "expected_quantity"), 0)
    price[row, month] = np.nan_to_num(_numbers(months, "expected_net_price"))
    return Stock(
        quantity=_numbers(positions, "free_quantity"),
        bulk=np.nan_to_num(_numbers(positions, "unit_clearance_value")),
        recovery=np.nan_to_num(_numbers(positions, "unit_final_value")),
        holding=_numbers(positions, "unit_holding_cost") / 12,
        proceeds=price * (1 - _numbers(positions, "selling_cost_rate"))[:, None],
        demand=demand,
        levels=demand_levels(_numbers(positions, "demand_variation")),
        answers=likely_elasticities(_numbers(positions, "elasticity"), _numbers(positions, "elasticity_error")),
        most_multiple=_numbers(positions, "most_demand_multiple"),
        months=np.bincount(row, minlength=n).astype(np.float64),
        offer=np.nan_to_num(_numbers(positions, "unit_refund")),
        offer_quantity=np.nan_to_num(_numbers(positions, "returnable_quantity")),
    )


def _rows(stock: Stock, rows: NDArray[np.int64]) -> Stock:
    return Stock(*(column[rows] for column in stock))


def _numbers(table: pa.Table, name: str) -> Vector:
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)


def _texts(table: pa.Table, name: str) -> NDArray[np.str_]:
    return table[name].to_numpy(zero_copy_only=False).astype(str)
