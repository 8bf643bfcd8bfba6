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


class _Decided(NamedTuple):
    """What was decided of every position at the end of a period; what is carried keeps what is left of its reserve."""

    stock_cost: Units
    proposal: Units
    is_carried: NDArray[np.bool_]


class _Stock:
    """Decisions and flows of all periods, laid out by position."""

    def __init__(self, decisions: pa.Table, flows: pa.Table, transfers: pa.Table, openings: pa.Table) -> None:
        keys = pa.concat_tables(
            [table.select(["item_id", "location_id"]) for table in (decisions, flows, transfers, openings)]
            + [transfers.select(["item_id", "to_location_id"]).rename_columns(["item_id", "location_id"])]
        )
        positions = keys.group_by(["item_id", "location_id"]).aggregate([])
        positions = positions.sort_by([("item_id", "ascending"), ("location_id", "ascending")])
        self.positions = positions.append_column("position", pa.array(np.arange(len(positions))))
        self.decision_days, self.decision_rows = to_days(decisions["period_end"]), self._coded(decisions)
        self.cost, self.proposed = (to_units(decisions[name], MONEY) for name in ("cost_value", "decided_amount"))
        self.undecided = decisions["decided_amount"].is_null().to_numpy().astype(np.int64)
        self.flow_days, self.flow_rows = to_days(flows["valuation_date"]), self._coded(flows)
        self.held = to_units(flows["quantity"], QUANTITY)
        sold, returned, written_off = (
            to_units(flows[f"{name}_quantity"], QUANTITY) for name in ("sold", "returned_to_supplier", "written_off")
        )
        self.sold = sold + returned
        self.gone = self.sold + written_off
        self.transfer_days = to_days(transfers["valuation_date"])
        self.origins, self.targets = self._coded(transfers), self._coded(transfers, "to_location_id")
        self.moved = to_units(transfers["quantity"], QUANTITY)

    def opening(self, openings: pa.Table, framework: str, name: str) -> Units:
        """An amount of the books before the first period, at its positions."""
        of_framework = np.flatnonzero(np.asarray(openings["framework"].to_pylist(), dtype=object) == framework)
        return self._spread(to_units(openings[name], MONEY), of_framework, self._coded(openings))

    def decided(self, period: int) -> _Decided:
        """The decisions at the end of a period."""
        rows = np.flatnonzero(self.decision_days == period)
        cost, proposed, undecided = (
            self._spread(values, rows, self.decision_rows) for values in (self.cost, self.proposed, self.undecided)
        )
        return _Decided(cost, proposed, undecided > 0)

    def fates(self, opening: int) -> _Fates:
        """What became in a period of the stock of its opening day."""
        rows, moves = np.flatnonzero(self.flow_days == opening), np.flatnonzero(self.transfer_days == opening)
        moves = moves[np.lexsort((self.targets[moves], self.origins[moves]))]
        held, sold, gone = (self._spread(values, rows, self.flow_rows) for values in (self.held, self.sold, self.gone))
        return _Fates(held, sold, gone, (self.origins[moves], self.targets[moves], self.moved[moves]))

    def _coded(self, table: pa.Table, place: str = "location_id") -> NDArray[np.int64]:
        """The number of each row's position."""
        wanted = table.select(["item_id", place]).rename_columns(["item_id", "location_id"])
        wanted = wanted.append_column("row", pa.array(np.arange(len(table))))
        joined = wanted.join(self.positions, ["item_id", "location_id"]).sort_by("row")
        return joined["position"].to_numpy()

    def _spread(self, values: Units, rows: NDArray[np.int64], places: NDArray[np.int64]) -> Units:
        """Some rows' values, each at its position; 0 elsewhere."""
        at_positions = np.zeros(len(self.positions), np.int64)
        at_positions[places[rows]] = values[rows]
        return at_positions


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
    stock = _Stock(decisions, flows, transfers, openings)
    year_of = _year_of_day(recovery_years)
    periods = np.unique(stock.decision_days)
    closing = {framework: stock.opening(openings, framework, "closing_amount") for framework in FRAMEWORKS}
    recoverable = {framework: stock.opening(openings, framework, RECOVERABLE) for framework in FRAMEWORKS}
    opening_days = to_days(openings["period_end"])
    previous = opening_days.max() if len(opening_days) else periods[0] - 1 if len(periods) else 0
    # Before the first decision there are no rows, but columns.
    rows = [_rows(stock.positions, np.arange(0), 0, "", (np.zeros(0, np.int64),) * (len(AMOUNTS) + 1))]
    for period in periods:
        decided, fates = stock.decided(period), stock.fates(previous)
        is_same_year = int(period) in year_of and year_of[int(period)] == year_of.get(int(previous))
        for framework in FRAMEWORKS:
            earlier = None if framework in reversing else recoverable[framework] if is_same_year else 0
            amounts, reversible = _rolled(closing[framework], fates, decided, earlier)
            closing[framework] = amounts[-1]
            is_reversible = framework in reversing or bool(year_of)
            recoverable[framework] = reversible + (amounts[1] - amounts[4] if is_reversible else 0)
            kept = np.flatnonzero((decided.stock_cost > 0) | np.any(np.stack(amounts) != 0, axis=0))
            named = (*amounts, recoverable[framework])
            rows.append(_rows(stock.positions, kept, int(period), framework, named))
        previous = period
    return pa.concat_tables(rows)


def _rolled(
    opening: Units, fates: _Fates, decided: _Decided, earlier: Units | int | None
) -> tuple[tuple[Units, ...], Units]:
    """A period's amounts of every position under one framework.

    Args:
        opening: the reserve at the period's beginning.
        fates: what became of the stock in the period.
        decided: what was decided at its end.
        earlier: of the opening, what a recovery may reverse; none where it may reverse whatever is left.

    Returns:
        The amounts in the order of `AMOUNTS`, and what a recovery might have reversed.
    """
    by_sale, by_scrap, transferred = _gone(opening, fates)
    left = opening - by_sale - by_scrap + transferred
    # No reserve outlives its stock, and none exceeds what the stock cost: the rest left with sold units.
    excess = np.maximum(left - decided.stock_cost, 0)
    by_sale, left = by_sale + excess, left - excess
    reversible = left
    if earlier is not None:
        earlier = np.broadcast_to(earlier, left.shape)
        sale, scrap, transfer = _gone(earlier, fates)
        reversible = np.clip(earlier - sale - scrap + transfer, 0, left)
    target = np.where(decided.is_carried, left, decided.proposal)
    addition = np.maximum(target - left, 0)
    reversal = np.minimum(np.maximum(left - target, 0), reversible)
    closing = left + addition - reversal
    return (opening, addition, by_sale, by_scrap, reversal, transferred, closing), reversible


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
