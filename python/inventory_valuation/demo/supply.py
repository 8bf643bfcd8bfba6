"""What it takes to get goods: suppliers' prices, lead times and quality as they drift, exchange rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inventory_valuation.demo.calendar import Calendar
from inventory_valuation.demo.catalogue import ORIGINS, Catalogue, Items
from inventory_valuation.demo.demand import World
from inventory_valuation.demo.knobs import Knobs, stream

CURRENCIES = ("CAD", "CNY", "EUR")
FIRST_RATES = (0.735, 0.139, 1.085)


@dataclass(frozen=True)
class Supply:
    """The suppliers' side, by week.

    Attributes:
        unit_cost: of each item, in the reporting currency.
        cut_week: week in which each supplier last cut or will cut an item's price; -1 where never.
        cut_share: by how much.
        end_week: week in which a supplier announces the end of an item; -1 where never.
        lead_factor: on the promised lead time of each supplier.
        defect_rate: of each supplier.
        rates: exchange rates to the reporting currency by currency and day.
        landed_share: freight and duty of a receipt over its goods' cost, by supplier.
    """

    unit_cost: np.ndarray
    cut_week: np.ndarray
    cut_share: np.ndarray
    end_week: np.ndarray
    lead_factor: np.ndarray
    defect_rate: np.ndarray
    rates: np.ndarray
    landed_share: np.ndarray


def supply_of(knobs: Knobs, calendar: Calendar, catalogue: Catalogue, world: World) -> Supply:
    """Draw the suppliers' side of the simulation."""
    random = stream(knobs, "supply")
    items, suppliers = catalogue.items, catalogue.suppliers
    n, n_suppliers, weeks = len(items), len(suppliers.lead_days), calendar.weeks
    week = np.arange(weeks)
    # Costs follow the market down, not all the way.
    following = random.uniform(0.5, 0.95, n)[:, None]
    cost = items.unit_cost[:, None] * np.exp(following * np.log(world.market_price))
    has_cut = random.random(n) < knobs.supplier_cut_share
    cut_week = np.where(has_cut, items.launch_week + random.uniform(12, 90, n), -1).astype(int)
    cut_share = np.where(has_cut, random.uniform(0.04, 0.16, n), 0.0)
    cost *= 1 - cut_share[:, None] * ((week >= cut_week[:, None]) & has_cut[:, None])

    from_sea = np.array([one[0] in ("CN", "TW", "VN") for one in ORIGINS])[suppliers.origin]
    lead = random.normal(size=(n_suppliers, weeks)).astype(np.float32)
    lead = np.exp(0.12 * _smoothed(lead, 26))
    for share, length, longer in ((0.25, 14, 0.45), (0.7, 9, 0.3)):
        at = (calendar.opening + share * (calendar.end - calendar.opening)) / 7
        jam = np.exp(-(((week - at) / length) ** 2)) * longer * knobs.jam_level
        lead *= 1 + from_sea[:, None] * jam
    drift = np.cumsum(random.normal(0, 0.012, (n_suppliers, weeks)), axis=1)
    gets_worse = (random.random(n_suppliers) < knobs.worsening_share)[:, None]
    worse_from = random.uniform(0.2, 0.9, n_suppliers)[:, None] * calendar.end / 7
    drift += gets_worse * np.maximum(week - worse_from, 0) / 26
    defects = np.clip(suppliers.defect_rate[:, None] * np.exp(drift), 0.001, 0.35)
    return Supply(
        unit_cost=np.maximum(np.round(cost, 4), 0.05),
        cut_week=cut_week,
        cut_share=cut_share,
        end_week=_announced_ends(knobs, random, items),
        lead_factor=lead,
        defect_rate=defects,
        rates=_rates(random, calendar),
        landed_share=np.where(from_sea, random.uniform(0.04, 0.10, n_suppliers), random.uniform(0, 0.03, n_suppliers)),
    )


def _announced_ends(knobs: Knobs, random: np.random.Generator, items: Items) -> np.ndarray:
    """Many suppliers say so before a successor takes an item's place."""
    told = (items.successor >= 0) & (random.random(len(items)) < knobs.announced_share)
    return np.where(told, items.ends_week - random.uniform(2, 18, len(items)), -1).astype(int)


def _smoothed(values: np.ndarray, weeks: int) -> np.ndarray:
    """Moving sums of past weeks, at unit variance."""
    sums = np.cumsum(np.pad(values, ((0, 0), (weeks, 0))), axis=1)
    return (sums[:, weeks:] - sums[:, :-weeks]) / np.sqrt(weeks)


def _rates(random: np.random.Generator, calendar: Calendar) -> np.ndarray:
    """Daily exchange rates as a tame random walk, by currency and day."""
    moves = random.normal(0, 0.0028, (len(CURRENCIES), calendar.end + 1))
    paths = np.cumsum(moves, axis=1)
    paths -= np.linspace(0, 1, paths.shape[1]) * paths[:, -1:] * 0.7
    return np.round(np.array(FIRST_RATES)[:, None] * np.exp(paths), 6)
