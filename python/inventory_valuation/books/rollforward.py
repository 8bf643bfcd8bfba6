"""The reserve roll-forward: how a period's reserve follows from the last one's, exactly.

A write-down belongs to units. It leaves with them: the share of the opening stock that was sold relieves cost
of sales, the share that was scrapped meets the loss of scrapping, the share that moved to another location
moves along. What is left is then compared with the decided amount; where nothing is decided, it stays. Money is whole
ten-thousandths, quantities are whole millionths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from inventory_valuation.exact import MONEY, QUANTITY, mul_div_round, to_days, to_decimals, to_units

FRAMEWORKS = ("us_gaap", "ifrs")
AMOUNTS = (
    "opening_amount",
    "addition_amount",
    "relieved_by_sale_amount",
    "relieved_by_scrap_amount",
    "reversal_amount",
    "transferred_amount",
    "closing_amount",
)
RECOVERABLE = "recoverable_amount"

FLOWS = pa.schema(
    [
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("valuation_date", pa.date32()),
        ("quantity", QUANTITY),
        ("sold_quantity", QUANTITY),
        ("returned_to_supplier_quantity", QUANTITY),
        ("written_off_quantity", QUANTITY),
    ]
)
TRANSFERS = pa.schema(
    [
        ("item_id", pa.string()),
        ("location_id", pa.string()),
        ("to_location_id", pa.string()),
        ("valuation_date", pa.date32()),
        ("quantity", QUANTITY),
    ]
)

Units = NDArray[np.int64]


class _Fates(NamedTuple):
    """What became of the opening stock of every position in a period, and which rows moved where."""

    held: Units
    sold: Units
    gone: Units
    moves: tuple[Units, Units, Units]


@njit(cache=True, error_model="numpy")
def _shares(values: Units, parts: Units, wholes: Units) -> Units:
    """The rounded share part / whole of each value; nothing of nothing is nothing."""
    shares = np.zeros(len(values), np.int64)
    for row in range(len(values)):
        if wholes[row] > 0:
            shares[row] = mul_div_round(values[row], parts[row], wholes[row])
    return shares


def _transferred(opening: Units, fates: _Fates) -> Units:
    """Reserve that moves between positions with their units: signed, and zero in sum."""
    origins, targets, quantities = fates.moves
    moved = np.zeros(len(opening), np.int64)
    if len(origins) == 0:
        return moved
    running = np.cumsum(quantities)
    starts = np.flatnonzero(np.diff(origins, prepend=origins[0] - 1))
    before = np.repeat(running[starts] - quantities[starts], np.diff(starts, append=len(origins)))
    upto = fates.gone[origins] + running - before
    held = fates.held[origins]
    amounts = _shares(opening[origins], upto, held) - _shares(opening[origins], upto - quantities, held)
    np.subtract.at(moved, origins, amounts)
    np.add.at(moved, targets, amounts)
    return moved


def _gone(opening: Units, fates: _Fates) -> tuple[Units, Units, Units]:
    """What of an amount left with units sold and scrapped, and what moved with others (signed)."""
    by_sale = _shares(opening, fates.sold, fates.held)
    by_scrap = _shares(opening, fates.gone, fates.held) - by_sale
    return by_sale, by_scrap, _transferred(opening, fates)


def roll_accruals(decisions: pa.Table, openings: pa.Table) -> pa.Table:
    """Roll accruals forward that belong to no units: each period's is the decided amount.

    Args:
        decisions: as of `roll_forward`, cost_value being what is committed.
        openings: as of `roll_forward`.

    Returns:
        As `roll_forward`; relieved_by_sale_amount is what ended with its commitment.

    Source:
        ASC 330-10-35-17 and IAS 37.66: a loss on a firm purchase commitment is measured anew at each date, until the
        goods come in, and their write-down takes its place.
    """
    return roll_forward(decisions, FLOWS.empty_table(), TRANSFERS.empty_table(), openings, reversing=FRAMEWORKS)


def roll_forward(
    decisions: pa.Table,
    flows: pa.Table,
    transfers: pa.Table,
    openings: pa.Table | None = None,
    *,
    reversing: tuple[str, ...] = ("ifrs",),
    recovery_years: pa.Table | None = None,
) -> pa.Table:
    """Roll the reserve of every position forward, period by period, under both frameworks.

    Args:
        decisions: item_id, location_id, period_end, cost_value, decided_amount; one row per position with stock. A
            null decided_amount is none: what is left of the last booked reserve is carried.
        flows: item_id, location_id, valuation_date (the period's opening), quantity, sold_quantity,
            returned_to_supplier_quantity, written_off_quantity: the fate of the opening stock in the period.
        transfers: item_id, location_id, to_location_id, valuation_date, quantity of the opening stock.
        openings: item_id, location_id, framework, period_end, closing_amount, recoverable_amount: the books of the
            period before the first; none where nothing was booked.
        reversing: frameworks under which whatever is left may be reversed.
        recovery_years: period_end and fiscal_year of periods in which other frameworks reverse what was written down
            in the same fiscal year; none where they never do.

    Returns:
        item_id, location_id, period_end, framework, `AMOUNTS` and recoverable_amount, the part of the closing that
        a recovery may still reverse. Opening + addition - relieved by sale - relieved by scrap - reversal +
        transferred = closing in every row, and a closing is the next opening.

    Source:
        US GAAP, ASC 330-10-35-14: a write-down makes a new cost basis, so what is left of it never falls but by
        sale or disposal; ASC 270-10-45-6: within a fiscal year an interim write-down may recover. IFRS, IAS 2.33:
        what recovers is reversed, up to the earlier write-down.
    """
    openings = _no_openings() if openings is None else openings
    keys = pa.concat_tables(
        [table.select(["item_id", "location_id"]) for table in (decisions, flows, transfers, openings)]
        + [transfers.select(["item_id", "to_location_id"]).rename_columns(["item_id", "location_id"])]
    )
    positions = keys.group_by(["item_id", "location_id"]).aggregate([])
    positions = positions.sort_by([("item_id", "ascending"), ("location_id", "ascending")])
    number = pa.array(np.arange(len(positions)))
    positions = positions.append_column("position", number)

    def coded(table: pa.Table, place: str = "location_id") -> NDArray[np.int64]:
        wanted = table.select(["item_id", place]).rename_columns(["item_id", "location_id"])
        wanted = wanted.append_column("row", pa.array(np.arange(len(table))))
        joined = wanted.join(positions, ["item_id", "location_id"]).sort_by("row")
        return joined["position"].to_numpy()

    decision_rows, flow_rows, opening_rows = coded(decisions), coded(flows), coded(openings)
    origins, targets = coded(transfers), coded(transfers, "to_location_id")
    decision_days, flow_days = to_days(decisions["period_end"]), to_days(flows["valuation_date"])
    transfer_days, opening_days = to_days(transfers["valuation_date"]), to_days(openings["period_end"])
    cost, decided = to_units(decisions["cost_value"], MONEY), to_units(decisions["decided_amount"], MONEY)
    undecided = decisions["decided_amount"].is_null().to_numpy().astype(np.int64)
    held = to_units(flows["quantity"], QUANTITY)
    sold, returned, written_off = (
        to_units(flows[f"{name}_quantity"], QUANTITY) for name in ("sold", "returned_to_supplier", "written_off")
    )
    sold = sold + returned
    gone = sold + written_off
    moved = to_units(transfers["quantity"], QUANTITY)

    def spread(values: Units, rows: NDArray[np.int64], places: NDArray[np.int64]) -> Units:
        """Some rows' values, each at its position; 0 elsewhere."""
        at_positions = np.zeros(len(positions), np.int64)
        at_positions[places[rows]] = values[rows]
        return at_positions

    closing, recoverable = {}, {}
    for framework in FRAMEWORKS:
        of_framework = np.flatnonzero(np.asarray(openings["framework"].to_pylist(), dtype=object) == framework)
        closing[framework], recoverable[framework] = (
            spread(to_units(openings[name], MONEY), of_framework, opening_rows)
            for name in ("closing_amount", RECOVERABLE)
        )
    periods, year_of = np.unique(decision_days), _year_of_day(recovery_years)
    previous = opening_days.max() if len(opening_days) else periods[0] - 1 if len(periods) else 0
    # Before the first decision there are no rows, but columns.
    rows = [_rows(positions, np.arange(0), 0, "", (np.zeros(0, np.int64),) * (len(AMOUNTS) + 1))]
    for period in periods:
        of_decisions = np.flatnonzero(decision_days == period)
        stock_cost, proposal, carried = (
            spread(values, of_decisions, decision_rows) for values in (cost, decided, undecided)
        )
        of_flows = np.flatnonzero(flow_days == previous)
        of_moves = np.flatnonzero(transfer_days == previous)
        of_moves = of_moves[np.lexsort((targets[of_moves], origins[of_moves]))]
        fates = _Fates(
            *(spread(values, of_flows, flow_rows) for values in (held, sold, gone)),
            (origins[of_moves], targets[of_moves], moved[of_moves]),
        )
        for framework in FRAMEWORKS:
            opening = closing[framework]
            by_sale, by_scrap, transferred = _gone(opening, fates)
            left = opening - by_sale - by_scrap + transferred
            # No reserve outlives its stock, and none exceeds what the stock cost: the rest left with sold units.
            excess = np.maximum(left - stock_cost, 0)
            by_sale, left = by_sale + excess, left - excess
            if framework in reversing:
                reversible = left
            elif int(period) in year_of and year_of[int(period)] == year_of.get(int(previous)):
                sale, scrap, transfer = _gone(recoverable[framework], fates)
                reversible = np.clip(recoverable[framework] - sale - scrap + transfer, 0, left)
            else:
                reversible = np.zeros_like(left)
            target = np.where(carried > 0, left, proposal)
            addition = np.maximum(target - left, 0)
            reversal = np.minimum(np.maximum(left - target, 0), reversible)
            closing[framework] = left + addition - reversal
            is_reversible = framework in reversing or bool(year_of)
            recoverable[framework] = reversible + addition - reversal if is_reversible else reversible
            amounts = (opening, addition, by_sale, by_scrap, reversal, transferred, closing[framework])
            kept = np.flatnonzero((stock_cost > 0) | np.any(np.stack(amounts) != 0, axis=0))
            rows.append(_rows(positions, kept, int(period), framework, (*amounts, recoverable[framework])))
        previous = period
    return pa.concat_tables(rows)


def _year_of_day(recovery_years: pa.Table | None) -> dict[int, int]:
    """The fiscal year of each period's last day."""
    if recovery_years is None:
        return {}
    days = to_days(recovery_years["period_end"]).tolist()
    return dict(zip(days, recovery_years["fiscal_year"].to_pylist(), strict=True))


def _no_openings() -> pa.Table:
    names = [("item_id", pa.string()), ("location_id", pa.string()), ("framework", pa.string())]
    amounts = [("period_end", pa.date32()), ("closing_amount", MONEY), (RECOVERABLE, MONEY)]
    return pa.schema(names + amounts).empty_table()


def _rows(
    positions: pa.Table, kept: NDArray[np.int64], period: int, framework: str, amounts: tuple[Units, ...]
) -> pa.Table:
    named = positions.select(["item_id", "location_id"]).take(pa.array(kept))
    days = pa.array(np.full(len(kept), period, np.int32)).cast(pa.date32())
    named = named.append_column("period_end", days)
    named = named.append_column("framework", pa.array([framework] * len(kept), pa.string()))
    for name, values in zip((*AMOUNTS, RECOVERABLE), amounts, strict=True):
        named = named.append_column(name, to_decimals(values[kept], MONEY))
    return named
