"""The whole company: simulated, written down, soiled and put in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from inventory_valuation.demo.calendar import Calendar, calendar_of
from inventory_valuation.demo.catalogue import Catalogue, catalogue_of, chosen
from inventory_valuation.demo.closing import closing_of
from inventory_valuation.demo.demand import CAUSES, NEVER, World, weather_strength, world_of
from inventory_valuation.demo.dirt import soiled
from inventory_valuation.demo.documents import Records, documents_of
from inventory_valuation.demo.knobs import Knobs
from inventory_valuation.demo.messages import supplier_messages
from inventory_valuation.demo.signals import signals_of
from inventory_valuation.demo.supply import supply_of
from inventory_valuation.demo.trading import trade
from inventory_valuation.demo.writing import replace_folder, truth_folder, write_tables


def build_company(knobs: Knobs, folder: Path, report: Callable[[str], None] = lambda line: None) -> None:
    """Simulate the company and put its input tables in a folder, all or nothing.

    Args:
        knobs: what can be turned.
        folder: where the tables go, one Parquet file each; the truth, which no model reads, goes to `<folder>_truth`.
        report: takes a line of progress now and then.
    """
    tables, truth = company_of(knobs, report)
    for place, contents in ((truth_folder(folder), truth), (folder, tables)):
        built = place.with_name(place.name + ".new")
        write_tables(built, contents)
        replace_folder(place, built)
    rows = sum(len(table) for table in tables.values())
    report(f"wrote {len(tables)} tables with {rows:,} rows to {folder}")


def company_of(
    knobs: Knobs, report: Callable[[str], None] = lambda line: None
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Every input table of the company, and the truth behind them."""
    records, world = simulated(knobs, report)
    calendar, catalogue = records.calendar, records.catalogue
    tables = {
        **documents_of(records),
        **signals_of(records, world),
        "supplier_messages": supplier_messages(records),
        **closing_of(records),
    }
    report("documents written, now the dirt")
    tables, dirt = soiled(knobs, tables)
    truth = {
        "injected_dirt": dirt,
        "doomed_items": doomed_items(calendar, catalogue, world),
        "demand_drivers": demand_drivers(knobs, catalogue, world),
    }
    return tables, truth


def simulated(knobs: Knobs, report: Callable[[str], None] = lambda line: None) -> tuple[Records, World]:
    """The company's trading and the market that it meets, before anything is written down."""
    calendar = calendar_of(knobs)
    catalogue = catalogue_of(knobs, calendar)
    world = world_of(knobs, calendar, catalogue)
    supply = supply_of(knobs, calendar, catalogue, world)
    done = trade(knobs, calendar, catalogue, world, supply, report)
    return Records(knobs, calendar, catalogue, supply, done), world


def doomed_items(calendar: Calendar, catalogue: Catalogue, world: World) -> pa.Table:
    """Which items' demand ended in the data's days, when and why."""
    day = (world.doomed_week * 7).astype(int)
    here = np.flatnonzero((world.doomed_week < NEVER) & (day <= calendar.end))
    return pa.table(
        {
            "item_id": catalogue.items.ids.take(pa.array(here)),
            "doomed_on": calendar.dates(day[here]),
            "cause": chosen(CAUSES, world.doomed_cause[here]),
            "severity": pa.array(world.severity[here]),
        }
    )


def demand_drivers(knobs: Knobs, catalogue: Catalogue, world: World) -> pa.Table:
    """What moves each item's demand in truth.

    One row per item: `price_elasticity`, of the units wanted with respect to the price asked over the market's;
    `weather_effect`, of the log of demand for each ten degrees above the usual; `confidence_effect`, of the log of
    demand where consumers' confidence doubles; `heeds_competitor`, whose price then is the market's; and
    `follows_searches`, whose search volume runs ahead of its demand.
    """
    n = len(catalogue.items)
    return pa.table(
        {
            "item_id": catalogue.items.ids,
            "price_elasticity": pa.array(catalogue.items.elasticity),
            "weather_effect": pa.array(weather_strength(knobs, catalogue.items).astype(np.float64)),
            "confidence_effect": pa.array(np.full(n, knobs.confidence_effect)),
            "heeds_competitor": pa.array(world.is_contested),
            "follows_searches": pa.array(world.is_followed),
        }
    )
