"""How much of a stock demand will reach, learned from every pair of date and months ahead whose outcome is known.

An outcome of one month is known after a month: to learn of all horizons up to the last month leaves recent dates to
learn from, where the full horizon alone would leave old ones. All that is learned from is demand per unit on hand, so
that it means the same of fast and slow stock, and at the beginning of the history as at its end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from inventory_valuation.boosting import boost, booster_of, xgb
from inventory_valuation.exact import to_days
from inventory_valuation.run_cards import (
    Progress,
    by_run,
    card_table,
    earlier_trainings,
    hash_by_date,
    quiet,
    version_of,
)

MODEL = "every_horizon"
TARGET = "sell_through"
LOOKS = ("last_month", "typical_month", "trimmed_4", "trimmed_6", "trimmed_12")
_WINDOWS = (1, 2, 3, 6, 12)
_MOST_MONTHS = 24
_MOST_EXAMPLES = 5_000  # of a month ahead at an origin: more made no difference
_THREADS = 2
_TREES: dict[str, object] = {
    "objective": "reg:logistic",
    "max_depth": 3,
    "eta": 0.08,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "min_child_weight": 20,
    "seed": 1,
    "rounds": 100,
}
_FEATURES = (
    *(f"demand_of_{months}_months_per_unit" for months in _WINDOWS),
    "months_since_demand",
    "share_of_months_with_demand",
    "largest_month_per_unit",
    "mean_month_per_unit",
    "months_of_history",
    *(f"sold_at_{look}" for look in LOOKS),
    "sold_at_the_mean",
    "months_ahead",
)

Vector = NDArray[np.float64]


def months_learned_from(horizons: Iterable[int]) -> list[int]:
    """The months ahead whose outcomes are learned from: up to the longest horizon, and each of them.

    >>> months_learned_from([12]), months_learned_from([2]), months_learned_from([12, 18])
    ([1, 3, 6, 12], [1, 2], [1, 3, 6, 12, 18])
    """
    asked = {int(months) for months in horizons}
    return sorted({months for months in (1, 3, 6, 12, 24) if months < max(asked)} | asked)


def _position_numbers(*tables: pa.Table) -> list[NDArray]:
    """By table, the number of each row's position, the same in all of them; as seen by a flash it is one of its own."""
    places = pa.concat_tables([table.select(["item_id", "location_id", "is_flash"]) for table in tables])
    item, location, is_flash = (
        places[key].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
        for key in places.column_names
    )
    place = item * (location.max(initial=0) + 1) + location
    _, numbers = np.unique(2 * place + is_flash, return_inverse=True)
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])


class Stock:
    """Positions with stock at month ends, their demand before and after."""

    def __init__(self, stock: pa.Table, history: pa.Table) -> None:
        """Take over what is known.

        Args:
            stock: item_id, location_id, valuation_date, is_flash, month_number (from 1), horizon_months (that it is
                valued over), quantity (above 0), cost_value, a column `<look>_quantity` by look at the past, units of
                a coming month, and trimmed_month_quantity, what is foreseen of it.
            history: item_id, location_id, is_flash, month_number, demand_quantity (sold less returned), one row per
                position and month; a flash looks back on months that end on its own day of the month.
        """
        self.table = stock.sort_by([(key, "ascending") for key in ("valuation_date", "item_id", "location_id")])
        number = lambda name: self.table[name].cast(pa.float64()).to_numpy()  # noqa: E731
        self.days = to_days(self.table["valuation_date"])
        self.position, sold_by = _position_numbers(self.table, history)
        self.month = self.table["month_number"].to_numpy()
        self.horizon = self.table["horizon_months"].to_numpy()
        self.quantity, self.cost = number("quantity"), number("cost_value")
        self.foreseen = number("trimmed_month_quantity")
        self.looks = np.column_stack([number(f"{look}_quantity") for look in LOOKS])
        sold_in = history["month_number"].to_numpy()
        # The first column is before the first month.
        months = 1 + int(max(self.month.max(initial=0), sold_in.max(initial=0)))
        self.demand = np.zeros((1 + int(max(self.position.max(initial=-1), sold_by.max(initial=-1))), months))
        self.demand[sold_by, sold_in] = history["demand_quantity"].cast(pa.float64()).to_numpy()
        self.cumulated = np.cumsum(self.demand, axis=1)
        self.told = self._told()

    def _between(self, rows: NDArray, first: int, last: int) -> Vector:
        """Demand of the months after `first` months ahead, up to `last`, as far as the history reaches."""
        newest = self.demand.shape[1] - 1
        low, high = (np.clip(self.month[rows] + ahead, 0, newest) for ahead in (first, last))
        position = self.position[rows]
        return self.cumulated[position, high] - self.cumulated[position, low]

    def _told(self) -> NDArray[np.float32]:
        """What does not depend on the months ahead: the first ten features."""
        told = np.empty((len(self.days), len(_WINDOWS) + 5), np.float32)
        rows = np.arange(len(self.days))
        for place, months in enumerate(_WINDOWS):
            told[:, place] = self._between(rows, -months, 0) / self.quantity
        since = np.full(len(rows), float(_MOST_MONTHS))
        sold = largest = np.zeros(len(rows))
        for back in range(_MOST_MONTHS):
            month = self.month - back
            demand = np.where(month >= 1, self.demand[self.position, np.maximum(month, 0)], 0.0)
            since = np.where((demand > 0) & (since == _MOST_MONTHS), back, since)
            if back < 12:
                sold = sold + (demand > 0)
                largest = np.maximum(largest, demand)
        seen = np.minimum(self.month, 12)
        told[:, -5] = since
        told[:, -4] = sold / seen
        told[:, -3] = largest / self.quantity
        told[:, -2] = self._between(rows, -12, 0) / seen / self.quantity
        told[:, -1] = seen
        return told

    def features(self, rows: NDArray, months: int) -> tuple[NDArray[np.float32], Vector]:
        """The features of some rows at so many months ahead, and the share that the looks say would sell by then."""
        reached = np.minimum(months * self.looks[rows] / self.quantity[rows, None], 1)
        mean = reached.mean(axis=1)
        ahead = np.full(len(rows), months)
        return np.column_stack([self.told[rows], reached, mean, ahead]).astype(np.float32), mean

    def sold(self, rows: NDArray, months: int) -> Vector:
        """The share of the stock that demand reached within so many months."""
        return np.clip(self._between(rows, 0, months), 0, self.quantity[rows]) / self.quantity[rows]


def _margin(mean: Vector) -> Vector:
    """Where the trees begin: the looks' mean, as a logit."""
    held = np.clip(mean, 0.02, 0.98)
    return np.log(held / (1 - held))


def _fit(stock: Stock, rows_by_months: dict[int, NDArray]) -> bytes:
    features, sold, weight, margin = [], [], [], []
    for months, rows in rows_by_months.items():
        matrix, mean = stock.features(rows, months)
        features.append(matrix)
        margin.append(_margin(mean))
        sold.append(stock.sold(rows, months))
        weight.append(np.sqrt(stock.cost[rows]))
    rising = tuple(int(name.startswith(("sold_at", "months_ahead"))) for name in _FEATURES)
    columns = (np.concatenate(parts) for parts in (features, sold, weight))
    return boost(*columns, rising, _TREES, np.concatenate(margin))


def predict_sold(artefact: bytes, stock: Stock, rows: NDArray, months: int) -> Vector:
    """The share of the stock of some rows that will sell within so many months."""
    matrix, mean = stock.features(rows, months)
    data = xgb.DMatrix(matrix, base_margin=_margin(mean), nthread=1)
    return booster_of(artefact).predict(data).astype(np.float64)


class _Fits:
    """What the sell-through of every origin is fitted on, and how."""

    def __init__(self, known: Stock, stored: dict[str, tuple[bytes, bytes | None]]) -> None:
        self.known, self.stored = known, stored
        self.hashes = hash_by_date(known.days, known.told, known.looks, known.quantity, known.cost)
        self.month_of = dict(zip(known.days.tolist(), known.month.tolist(), strict=True))
        self.ahead = months_learned_from(np.unique(known.horizon))
        self.parameters = json.dumps({**_TREES, "months_ahead": self.ahead}, sort_keys=True)
        self.version = version_of("boosting.py", "forecasting/sell_through.py")

    def card(self, origin: int) -> dict[str, object] | None:
        """The run card of an origin, fitted where no earlier build has fitted the same; none without an outcome."""
        known, rows_by_months = self.known, self._known_at(origin)
        if not rows_by_months:
            return None
        dates = np.unique(known.days[known.days < origin])
        digest = hashlib.sha256("".join(self.hashes[int(day)] for day in dates).encode())
        for months, rows in rows_by_months.items():
            digest.update(np.ascontiguousarray(known.sold(rows, months)).tobytes())
        data_hash = digest.hexdigest()[:16]
        described = "/".join([MODEL, str(origin), data_hash, self.version, self.parameters])
        run_id = hashlib.sha256(described.encode()).hexdigest()[:16]
        if run_id not in self.stored:
            self.stored[run_id] = _fit(known, rows_by_months), None
        return {
            "origin_date": origin,
            "model": MODEL,
            "target": TARGET,
            "run_id": run_id,
            "artefact": self.stored[run_id][0],
            "features": json.dumps(_FEATURES),
            "parameters": self.parameters,
            "data_hash": data_hash,
            "code_version": self.version,
            "training_rows": sum(map(len, rows_by_months.values())),
            "training_dates": len(dates),
            "held_out": None,
        }

    def _known_at(self, origin: int) -> dict[int, NDArray]:
        """By months ahead, the rows whose outcome was known at an origin; of many, an even sample."""
        found = {}
        for months in self.ahead:
            rows = np.flatnonzero((self.known.month + months <= self.month_of[origin]) & (self.known.cost > 0))
            found[months] = rows[:: -(-len(rows) // _MOST_EXAMPLES) or 1]
        return {months: rows for months, rows in found.items() if len(rows)}


def train_sell_through(
    stock: pa.Table,
    history: pa.Table,
    scoring_dates: pa.Table,
    fitted_before: pa.Table | None = None,
    progress: Progress = quiet,
) -> pa.Table:
    """Fit the sell-through of stock at every training origin on each outcome that was known by then.

    Args:
        stock: as for `Stock`.
        history: as for `Stock`.
        scoring_dates: valuation_date, trained_on.
        fitted_before: run_id, artefact and held_out of an earlier build: what has the same name is not fitted again.
        progress: told of each origin.

    Returns:
        Run cards as those of `train_models`; training_rows counts pairs of a position's date and months ahead.
    """
    if not len(stock):
        return card_table([])
    fits = _Fits(Stock(stock, history), by_run(fitted_before))
    origins = [day for day in sorted(set(to_days(scoring_dates["trained_on"]).tolist())) if day in fits.month_of]
    cards = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for number, card in enumerate(pool.map(fits.card, origins), start=1):
            cards += [card] if card else []
            progress(f"learned the sell-through of stock at {number} of {len(origins)} origins")
    return card_table(cards)


def expected_sell_through(stock: pa.Table, history: pa.Table, scoring_dates: pa.Table, trained: pa.Table) -> pa.Table:
    """The demand that the looks foresee, and what share of each stock is to sell within the horizon.

    The share is half what the looks say by themselves and half what was learned of them. The first needs no past; they
    err in different ways, and equal weights are hard to beat (Clemen, 1989). Before anything is learned the looks
    serve alone. See docs/experiments.md.

    Args:
        stock: as for `Stock`.
        history: as for `Stock`.
        scoring_dates: valuation_date, trained_on.
        trained: the run cards of `train_sell_through`.

    Returns:
        item_id, location_id, valuation_date and quantity of the stock, with forecast_quantity, what is foreseen over
        the horizon, pooled_sold_rate, what the looks say of the share, sold_rate, and earlier_sold_rate, by the models
        of the date before, null where they are the same; float64.
    """
    known = Stock(stock, history)
    pooled, learned, earlier = np.empty((3, len(known.days)))
    artefacts = dict(zip(to_days(trained["origin_date"]).tolist(), trained["artefact"].to_pylist(), strict=True))
    days, origins = (to_days(scoring_dates[name]).tolist() for name in ("valuation_date", "trained_on"))
    origin_of, earlier_of = dict(zip(days, origins, strict=True)), earlier_trainings(scoring_dates)
    for months in np.unique(known.horizon).tolist():
        rows = np.flatnonzero(known.horizon == months)
        _, pooled[rows] = known.features(rows, months)
        learned[rows] = pooled[rows]
        earlier[rows] = np.where(np.isin(known.days[rows], list(earlier_of)), pooled[rows], np.nan)
        for day in np.unique(known.days[rows]).tolist():
            asked = rows[known.days[rows] == day]
            for told, trained_on in ((learned, origin_of.get(day)), (earlier, earlier_of.get(day))):
                if (artefact := artefacts.get(trained_on)) is not None:
                    told[asked] = predict_sold(artefact, known, asked, months)
    expected = known.table.select(["item_id", "location_id", "valuation_date", "quantity"])
    for name, column in (
        ("forecast_quantity", known.horizon * known.foreseen),
        ("pooled_sold_rate", pooled),
        ("sold_rate", (pooled + learned) / 2),
        ("earlier_sold_rate", (pooled + earlier) / 2),
    ):
        expected = expected.append_column(name, pa.array(column, from_pandas=True))
    return expected
