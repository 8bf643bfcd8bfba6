"""What the market and the suppliers let on: series, messages, inspections. Some of it leads, most is noise."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from inventory_valuation.demo.catalogue import BRANDS, chosen, numbered
from inventory_valuation.demo.demand import REGIONS, World
from inventory_valuation.demo.documents import HOUR, Records, blanked, receipt_lines
from inventory_valuation.demo.knobs import stream
from inventory_valuation.demo.pictures import album

ALBUM = 48


def signals_of(records: Records, world: World) -> dict[str, pa.Table]:
    """Market signals, supplier messages and quality inspections."""
    return {
        "market_signals": market_signals(records, world),
        "quality_inspections": _inspections(records),
    }


def market_signals(records: Records, world: World) -> pa.Table:
    """Every observed series, by signal, entity and day."""
    random = stream(records.knobs, "signals")
    calendar = records.calendar
    weeks = np.arange(max(calendar.opening // 7 - 13, 0), calendar.end // 7)
    months = calendar.month_ends
    parts = [
        _search_volume(records, world, random, weeks),
        _sentiment(records, world, random, weeks),
        _competitor(records, world, random, weeks),
        _market_sales(records, world, random, months),
        *_macro(records, world, random, months),
        *_commodities(records, random, weeks),
        _weather(records, world, weeks),
    ]
    return pa.concat_tables(parts)


def _series(
    records: Records,
    signal: str,
    series: str | pa.Array,
    entity_type: str,
    entity_id: pa.Array | None,
    observed: np.ndarray,
    published: np.ndarray | None,
    value: np.ndarray,
) -> pa.Table:
    n = len(value)
    calendar = records.calendar
    kept = observed <= calendar.end if published is None else published <= calendar.end + 3
    table = pa.table(
        {
            "signal": pa.repeat(signal, n),
            "series": pa.repeat(series, n) if isinstance(series, str) else series,
            "entity_type": pa.repeat(entity_type, n),
            "entity_id": pa.nulls(n, pa.string()) if entity_id is None else entity_id,
            "observed_on": calendar.dates(observed),
            "published_at": pa.nulls(n, pa.timestamp("us"))
            if published is None
            else calendar.moments(published, 6 * HOUR),
            "value": pa.array(np.round(value, 4), pa.float64()),
        }
    )
    return table.filter(pa.array(kept & np.isfinite(value)))


def _ahead(world: World, weeks: np.ndarray, item: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """Log of the demand for items some weeks later, items by row."""
    later = np.minimum(weeks[None, :] + lead[:, None], world.units.shape[1] - 1)
    return np.log(np.maximum(world.units[item[:, None], later], 1e-3))


def _search_volume(records: Records, world: World, random: np.random.Generator, weeks: np.ndarray) -> pa.Table:
    """Searches for an item, four-weekly: ahead of its demand where the public buys, else of no meaning."""
    items = records.catalogue.items
    weeks = weeks[::4]
    item = np.flatnonzero(random.random(len(items)) < records.knobs.searched_share)
    lead = random.integers(3, records.knobs.lead_weeks + 1, len(item))
    meaning = _ahead(world, weeks, item, lead) + random.normal(0, 0.2, (len(item), len(weeks)))
    tides = np.cumsum(random.normal(0, 0.25, (len(item), len(weeks))), axis=1)
    noise = tides - 0.5 * tides.mean(axis=1, keepdims=True)
    level = np.where(world.is_followed[item][:, None], meaning, noise)
    level = level - level.mean(axis=1, keepdims=True)
    value = np.round(np.exp(np.clip(level, -6, 4) + random.normal(5, 1, (len(item), 1))))
    observed = np.tile(weeks * 7 + 6, len(item))
    here = np.repeat(item, len(weeks))
    born = observed / 7 > items.launch_week[here] - 4
    return _series(
        records, "search_volume", "searches", "item", records.item_ids(here[born]), observed[born],
        observed[born] + 2, value.ravel()[born],
    )  # fmt: skip


def _sentiment(records: Records, world: World, random: np.random.Generator, weeks: np.ndarray) -> pa.Table:
    """What people write about brands: of half of them it tells, a little early, what their items will do."""
    items = records.catalogue.items
    weeks = weeks[::2]
    brands = np.unique(items.brand)
    total = np.zeros((len(BRANDS), world.units.shape[1]))
    np.add.at(total, items.brand, world.units * items.unit_cost[:, None].astype(np.float32))
    growth = np.diff(np.log(total + 1), axis=1, prepend=0)
    growth = np.cumsum(growth, axis=1)
    later = np.minimum(weeks + 5, growth.shape[1] - 1)
    before = np.maximum(weeks - 8, 0)
    meaning = np.tanh((growth[:, later] - growth[:, before]) * 1.5)[brands]
    noise = np.tanh(np.cumsum(random.normal(0, 0.12, (len(brands), len(weeks))), axis=1))
    tells = (random.random(len(brands)) < records.knobs.telling_share)[:, None]
    value = np.where(tells, meaning, noise) * 0.6 + random.normal(0, 0.15, (len(brands), len(weeks)))
    observed = np.tile(weeks * 7 + 6, len(brands))
    return _series(
        records, "social_sentiment", "mentions", "brand", chosen(BRANDS, np.repeat(brands, len(weeks))),
        observed, observed + 1, np.clip(value, -1, 1).ravel(),
    )  # fmt: skip


def _competitor(records: Records, world: World, random: np.random.Generator, weeks: np.ndarray) -> pa.Table:
    """Competitors' prices as scraped for some items, every four weeks, with gaps."""
    items = records.catalogue.items
    weeks = weeks[2::4]
    item = np.flatnonzero(random.random(len(items)) < records.knobs.scraped_share)
    list_price = (items.unit_cost / (1 - items.margin))[item][:, None]
    rows = item[:, None]
    value = list_price * world.market_price[rows, weeks] * world.competitor[rows, weeks]
    value = value * random.uniform(0.98, 1.02, value.shape)
    observed = np.tile(weeks * 7 + 3, len(item))
    here = np.repeat(item, len(weeks))
    seen = (observed / 7 > items.launch_week[here]) & (random.random(len(here)) < 0.92)
    return _series(
        records, "competitor_price", "nearest offer", "item", records.item_ids(here[seen]), observed[seen],
        None, np.round(value.ravel()[seen], 2),
    )  # fmt: skip


def _market_sales(records: Records, world: World, random: np.random.Generator, months: np.ndarray) -> pa.Table:
    """Sales of the whole market by category, from a panel, published weeks after the month."""
    knobs, items = records.knobs, records.catalogue.items
    total = np.zeros((len(knobs.categories), world.units.shape[1]))
    np.add.at(total, items.category, world.units * items.unit_cost[:, None].astype(np.float32))
    at = months // 7
    value = np.stack([total[:, np.maximum(at - k, 0)] for k in range(4)]).mean(axis=0) * 30 * 14
    value *= random.lognormal(0, 0.03, value.shape)
    observed = np.tile(months, len(knobs.categories))
    names = tuple(one.name for one in knobs.categories)
    return _series(
        records, "market_sales", "retail panel", "category",
        chosen(names, np.repeat(np.arange(len(names)), len(months))), observed, observed + 19, value.ravel(),
    )  # fmt: skip


def _macro(records: Records, world: World, random: np.random.Generator, months: np.ndarray) -> list[pa.Table]:
    """Consumer confidence, which matters a little, and two indicators that do not."""
    n = len(months)
    confidence = world.confidence[months // 7] + random.normal(0, 0.8, n)
    unemployment = 4.1 + np.cumsum(random.normal(0, 0.08, n))
    inflation = 2.8 + np.cumsum(random.normal(0, 0.12, n))
    return [
        _series(records, "economic_indicator", name, "all", None, months, months + lag, value)
        for name, value, lag in (
            ("consumer confidence", confidence, 3),
            ("unemployment rate", unemployment, 7),
            ("consumer price inflation", inflation, 12),
        )
    ]


def _commodities(records: Records, random: np.random.Generator, weeks: np.ndarray) -> list[pa.Table]:
    """Prices of materials; they move margins of nobody here."""
    return [
        _series(
            records, "commodity_price", name, "all", None, weeks * 7 + 4, None,
            first * np.exp(np.cumsum(random.normal(0, spread, len(weeks)))),
        )
        for name, first, spread in (("copper", 8400, 0.02), ("lithium carbonate", 13500, 0.04), ("dram", 3.1, 0.03))
    ]  # fmt: skip


def _weather(records: Records, world: World, weeks: np.ndarray) -> pa.Table:
    """Weekly temperature against the season's normal."""
    value = world.temperature[:, weeks]
    return _series(
        records, "weather", "temperature anomaly", "region",
        chosen(REGIONS, np.repeat(np.arange(len(REGIONS)), len(weeks))),
        np.tile(weeks * 7 + 6, len(REGIONS)), None, value.ravel(),
    )  # fmt: skip


def _inspections(records: Records) -> pa.Table:
    """Samples of receipts looked at, many with a picture."""
    random = stream(records.knobs, "inspections")
    calendar, catalogue = records.calendar, records.catalogue
    receipts = receipt_lines(records)
    looked = np.flatnonzero(random.random(len(receipts.position)) < records.knobs.inspected_share)
    position, day = receipts.position[looked], receipts.day[looked]
    item = catalogue.positions.item[position]
    supplier = catalogue.items.supplier[item]
    n = len(looked)
    sample = np.minimum(random.choice([8, 13, 20, 32, 50], n), receipts.quantity[looked])
    rate = np.clip(records.supply.defect_rate[supplier, day // 7] * random.lognormal(0, 0.4, n), 0, 0.6)
    defects = random.binomial(sample, rate)
    good, bad = album(random, ALBUM)
    shot = (defects > 0) * ALBUM + random.integers(0, ALBUM, n)
    has_picture = random.random(n) < records.knobs.pictured_share
    return pa.table(
        {
            "inspection_id": numbered("QI", np.arange(n) + 1, 6),
            "item_id": records.item_ids(item),
            "inspected_at": calendar.moments(day, random.integers(10 * HOUR, 16 * HOUR, n)),
            "receipt_id": receipts.ids.take(pa.array(looked)),
            "supplier_id": catalogue.suppliers.ids.take(pa.array(supplier)),
            "sample_size": pa.array(sample, pa.int32()),
            "defects": pa.array(defects, pa.int32()),
            "image": blanked(pa.array(good + bad, pa.binary()).take(pa.array(shot)), ~has_picture),
        }
    )
