"""Who and what there is: items in families of generations, locations, suppliers, customers, positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inventory_valuation.demo.calendar import Calendar
from inventory_valuation.demo.knobs import FULL_SCALE_ITEMS, Knobs, stream

BRANDS = (
    "Voltera", "Aurion", "Kestrel", "Nimbus", "Halden", "Orvia", "Pixelan", "Tessaro", "Quanta Bay",
    "Lumeno", "Strider", "Brightway", "Corvid", "Mirador", "Fenwick", "Zephra",
)  # fmt: skip
PLATFORMS = ("Orbit 5", "Nexa X", "Kite Handheld", "PC")
SYLLABLES = ("Ar", "Bel", "Cor", "Dex", "El", "Fal", "Gra", "Hy", "Ion", "Jet", "Kal", "Lux", "Mav", "Neo",
             "Or", "Pul", "Qua", "Ry", "Sol", "Ter", "Um", "Vex", "Wav", "Xen", "Yar", "Zo")  # fmt: skip
ENDINGS = ("a", "on", "is", "ex", "um", "ara", "ix", "eo", "ant", "ora", "el", "yn")
VARIANTS = ("", " Black", " White", " Pro", " Lite", " Max", " Graphite", " Mini", " Plus", " Blue")

# location_id, name, type, region, country, currency, share of the company's demand, share of items kept
LOCATIONS = (
    ("DC-RENO", "Reno distribution centre", "warehouse", "US West", "US", "USD", 0.46, 1.00),
    ("DC-COLUMBUS", "Columbus distribution centre", "warehouse", "US East", "US", "USD", 0.34, 0.80),
    ("ST-NEWYORK", "New York store", "store", "US East", "US", "USD", 0.05, 0.40),
    ("DC-ROTTERDAM", "Rotterdam hub", "warehouse", "Europe", "NL", "EUR", 0.17, 0.45),
    ("ST-LOSANGELES", "Los Angeles store", "store", "US West", "US", "USD", 0.04, 0.35),
    ("DC-TORONTO", "Toronto hub", "warehouse", "Canada", "CA", "CAD", 0.09, 0.40),
    ("ST-CHICAGO", "Chicago store", "store", "US East", "US", "USD", 0.04, 0.35),
    ("ST-VEGAS", "Las Vegas outlet", "store", "US West", "US", "USD", 0.03, 0.30),
)  # fmt: skip

# country, currency, promised lead time, cancellable share, weight
ORIGINS = (
    ("CN", "CNY", 55, 0.15, 0.42), ("CN", "USD", 50, 0.20, 0.13), ("TW", "USD", 42, 0.25, 0.12),
    ("VN", "USD", 48, 0.25, 0.10), ("DE", "EUR", 24, 0.70, 0.08), ("MX", "USD", 18, 0.80, 0.07),
    ("US", "USD", 10, 0.90, 0.08),
)  # fmt: skip

SEGMENTS = ("key account", "dealer", "small business")
SEGMENT_DISCOUNTS = np.array([0.13, 0.07, 0.01])


@dataclass(frozen=True)
class Items:
    """One entry per item; days and weeks count from the start of the simulation.

    `ends_week` is when its life is over: its successor's launch, or its own fading where it has none
    (`successor` is -1). `popularity` scales demand around 1; `elasticity` answers to the price asked
    relative to the market's; `anchor` is the key account that buys `anchor_share` of it, or -1.
    """

    category: np.ndarray
    subcategory: np.ndarray
    brand: np.ndarray
    platform: np.ndarray
    family: np.ndarray
    generation: np.ndarray
    launch_week: np.ndarray
    ends_week: np.ndarray
    successor: np.ndarray
    supplier: np.ndarray
    unit_cost: np.ndarray
    margin: np.ndarray
    popularity: np.ndarray
    elasticity: np.ndarray
    anchor: np.ndarray
    anchor_share: np.ndarray
    units_per_line: np.ndarray
    shelf_life_days: np.ndarray
    ids: pa.Array
    descriptions: pa.Array

    def __len__(self) -> int:
        return len(self.category)


@dataclass(frozen=True)
class Suppliers:
    """One entry per supplier; `cancellable` is the share of its orders that can be cancelled."""

    origin: np.ndarray
    lead_days: np.ndarray
    cancellable: np.ndarray
    defect_rate: np.ndarray
    ids: pa.Array
    names: pa.Array


@dataclass(frozen=True)
class Customers:
    """One entry per customer, the biggest first; `weight` is its share of ordinary orders."""

    segment: np.ndarray
    region: np.ndarray
    weight: np.ndarray
    ids: pa.Array


@dataclass(frozen=True)
class Positions:
    """One entry per item kept at a location, sorted by item.

    `source` is the position that refills a store, or the position itself where suppliers deliver.
    """

    item: np.ndarray
    location: np.ndarray
    share: np.ndarray
    source: np.ndarray
    units_per_line: np.ndarray

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Catalogue:
    """The company's master data."""

    items: Items
    suppliers: Suppliers
    customers: Customers
    positions: Positions
    locations: tuple[tuple, ...]


def catalogue_of(knobs: Knobs, calendar: Calendar) -> Catalogue:
    """Draw the company's master data."""
    locations = locations_of(knobs)
    customers = _customers(knobs, locations)
    suppliers = _suppliers(knobs)
    items = _items(knobs, calendar, suppliers, customers)
    return Catalogue(items, suppliers, customers, _positions(knobs, items, locations), locations)


def locations_of(knobs: Knobs) -> tuple[tuple, ...]:
    """The company's locations; beyond the eight of the reference company, more stores."""
    more = tuple(
        (f"ST-{n:03d}", f"Store {n}", "store", "US East", "US", "USD", 0.03, 0.30)
        for n in range(len(LOCATIONS) + 1, knobs.locations + 1)
    )
    return (LOCATIONS + more)[: knobs.locations]


def category_sizes(knobs: Knobs) -> np.ndarray:
    """Items per category, in the proportions of full scale, summing to `items`."""
    shares = np.array([category.items for category in knobs.categories]) / FULL_SCALE_ITEMS
    exact = shares / shares.sum() * knobs.items
    sizes = np.floor(exact).astype(int)
    sizes[np.argsort(sizes - exact, kind="stable")[: knobs.items - sizes.sum()]] += 1
    return sizes


def texts(*parts: pa.Array | str) -> pa.Array:
    """Parts of text joined row by row."""
    return pc.binary_join_element_wise(*parts, "")


def numbered(prefix: str | pa.Array, numbers: np.ndarray, digits: int) -> pa.Array:
    """Ids of a prefix and a number padded with zeros."""
    return texts(prefix, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0"))


def chosen(choices: tuple[str, ...], places: np.ndarray) -> pa.Array:
    """The choice at each place."""
    return pa.array(choices, pa.string()).take(pa.array(places))


class _Lineage(NamedTuple):
    """Items as generations of families: which came after which, and when."""

    category: np.ndarray
    first_item: np.ndarray
    family: np.ndarray
    n_families: int
    generation: np.ndarray
    launch_week: np.ndarray
    ends_week: np.ndarray
    successor: np.ndarray


def _lineage(random: np.random.Generator, knobs: Knobs, calendar: Calendar) -> _Lineage:
    sizes = category_sizes(knobs)
    parts = [
        _generations(random, size, category.life_weeks, knobs, calendar)
        for size, category in zip(sizes, knobs.categories, strict=True)
    ]
    first_item = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    generation, launch, ends = (np.concatenate([part[k] for part in parts]) for k in (1, 2, 3))
    successor = np.concatenate(
        [np.where(part[4] >= 0, part[4] + first, -1) for part, first in zip(parts, first_item, strict=True)]
    )
    families = np.cumsum(np.concatenate([[0], [part[0].max(initial=-1) + 1 for part in parts]]))
    family = np.concatenate([part[0] + first for part, first in zip(parts, families[:-1], strict=True)])
    category = np.repeat(np.arange(len(sizes)), sizes)
    return _Lineage(category, first_item, family, int(families[-1]), generation, launch, ends, successor)


def _items(knobs: Knobs, calendar: Calendar, suppliers: Suppliers, customers: Customers) -> Items:
    random = stream(knobs, "items")
    lineage = _lineage(random, knobs, calendar)
    category, n_families, n = lineage.category, lineage.n_families, len(lineage.category)

    def of_category(name: str) -> np.ndarray:
        return np.array([getattr(one, name) for one in knobs.categories])[category]

    def of_family(values: np.ndarray) -> np.ndarray:
        return values[lineage.family]

    spread = of_category("cost_spread")
    kinds = np.array([len(one.subcategories) for one in knobs.categories])
    subcategory = (of_family(random.random(n_families)) * kinds[category]).astype(int)
    brand = (of_family(random.random(n_families) ** 1.4) * len(BRANDS)).astype(int)
    gaming = category == 0
    platform = np.where(gaming, of_family(random.choice(len(PLATFORMS), n_families, p=(0.34, 0.26, 0.2, 0.2))), -1)
    cost_factor = of_family(random.normal(size=n_families)) * spread + random.normal(size=n) * 0.08
    unit_cost = np.round(of_category("unit_cost") * np.exp(cost_factor), 2)
    popular = of_family(random.normal(size=n_families)) * 0.6 + random.normal(size=n) * 0.45
    # No item is so big that a small company stands or falls with it.
    popularity = np.minimum(np.exp(popular - (0.6**2 + 0.45**2) / 2), 2.5)
    # Dear things sell in smaller numbers, but bring in more money.
    popularity *= (unit_cost / of_category("unit_cost")) ** -0.15
    key_accounts = np.flatnonzero(customers.segment == 0)
    anchored = random.random(n) < knobs.anchored_share * np.where(gaming, 1.6, 1.0)
    anchor = np.where(anchored, key_accounts[random.integers(0, len(key_accounts), n)], -1)
    perishable = (category == 2) & (subcategory >= 5)
    return Items(
        category=category,
        subcategory=subcategory,
        brand=brand,
        platform=platform,
        family=lineage.family,
        generation=lineage.generation,
        launch_week=lineage.launch_week,
        ends_week=lineage.ends_week,
        successor=lineage.successor,
        supplier=of_family(random.integers(0, len(suppliers.lead_days), n_families)),
        unit_cost=np.maximum(unit_cost, 0.8),
        margin=np.clip(of_category("margin") + random.normal(size=n) * 0.035, 0.2, 0.6),
        popularity=popularity,
        elasticity=np.clip(random.lognormal(np.log(knobs.elasticity), knobs.elasticity_spread, n), 0.5, 4.0),
        anchor=anchor,
        anchor_share=np.where(anchored, random.uniform(0.35, 0.8, n), 0.0),
        units_per_line=1 + (of_category("units_per_line") - 1) * np.clip(popularity, 0.1, 20) ** 0.45,
        shelf_life_days=np.where(perishable, 540, 0),
        ids=_item_ids(knobs, category, lineage.first_item),
        descriptions=_descriptions(knobs, random, lineage, subcategory, brand, platform),
    )


def _generations(
    random: np.random.Generator, size: int, life: float, knobs: Knobs, calendar: Calendar
) -> tuple[np.ndarray, ...]:
    """Families of one category: each item's family, generation, launch and end in weeks, successor or -1.

    The first generation of a family ends about the opening of the data or later: what had died long
    before is in nobody's master data any more.
    """
    last = calendar.end / 7
    first = calendar.opening / 7 - 18
    most = int(np.ceil((last - first) / (0.5 * life))) + 3
    count = size  # more families than ever needed
    gaps = life * random.lognormal(-0.045, 0.3, (count, most))
    first_end = first + random.random(count) * gaps[:, 0]
    launches = first_end[:, None] + np.cumsum(gaps, axis=1) - gaps[:, :1]
    launches = np.concatenate([(first_end - gaps[:, 0])[:, None], launches[:, :-1]], axis=1)
    # A tenth of the generations ends without a successor.
    single = random.random((count, most)) < 0.1
    alive = np.cumsum(single, axis=1) - single == 0
    here = (launches < last - 3) & alive
    family, generation = np.nonzero(here)
    family, generation = family[:size], generation[:size]
    launch = launches[family, generation]
    ends = launch + gaps[family, generation]
    follows = np.append(family[1:] == family[:-1], False)
    successor = np.where(follows, np.arange(size) + 1, -1)
    return family, generation, launch, ends, successor


def _item_ids(knobs: Knobs, category: np.ndarray, first_item: np.ndarray) -> pa.Array:
    codes = chosen(tuple(one.code + "-" for one in knobs.categories), category)
    return numbered(codes, np.arange(len(category)) - first_item[category] + 1001, 5)


def _descriptions(
    knobs: Knobs,
    random: np.random.Generator,
    lineage: _Lineage,
    subcategory: np.ndarray,
    brand: np.ndarray,
    platform: np.ndarray,
) -> pa.Array:
    family, n_families = lineage.family, lineage.n_families
    nouns = tuple(noun for one in knobs.categories for noun in one.subcategories)
    first_noun = np.cumsum([0] + [len(one.subcategories) for one in knobs.categories])
    names = random.permutation(len(SYLLABLES) * len(ENDINGS) * 97)
    name = names[np.arange(n_families) % len(names)][family]
    series = texts(
        chosen(SYLLABLES, name % len(SYLLABLES)),
        chosen(ENDINGS, name // len(SYLLABLES) % len(ENDINGS)),
        " ",
        pa.array(name // (len(SYLLABLES) * len(ENDINGS)) * 10 + 100).cast(pa.string()),
    )
    made_for = chosen(("", *(f" for {one}" for one in PLATFORMS)), platform + 1)
    return texts(
        chosen(BRANDS, brand), " ", series, " ", chosen(nouns, first_noun[lineage.category] + subcategory),
        chosen(VARIANTS, random.integers(0, len(VARIANTS), n_families)[family]), made_for, " Gen ",
        pa.array(lineage.generation + 1).cast(pa.string()),
    )  # fmt: skip


def _suppliers(knobs: Knobs) -> Suppliers:
    random = stream(knobs, "suppliers")
    n = max(6, knobs.items // knobs.items_per_supplier)
    origin = random.choice(len(ORIGINS), n, p=[one[4] for one in ORIGINS])
    origin[:2] = (0, 4)
    lead = np.array([one[2] for one in ORIGINS])[origin] + random.integers(-5, 11, n)
    places = random.permutation(len(SYLLABLES) * len(ENDINGS))[np.arange(n) % (len(SYLLABLES) * len(ENDINGS))]
    kinds = ("Electronics", "Technology", "Manufacturing", "Components", "Industries", "Devices")
    return Suppliers(
        origin=origin,
        lead_days=np.maximum(lead, 5),
        cancellable=np.array([one[3] for one in ORIGINS])[origin],
        defect_rate=np.clip(random.lognormal(np.log(0.012), 0.7, n), 0.002, 0.15),
        ids=numbered("SUP", np.arange(n) + 101, 4),
        names=texts(
            chosen(SYLLABLES, places % len(SYLLABLES)),
            chosen(ENDINGS, places // len(SYLLABLES)),
            " ",
            chosen(kinds, random.integers(0, len(kinds), n)),
        ),
    )


def _customers(knobs: Knobs, locations: tuple[tuple, ...]) -> Customers:
    random = stream(knobs, "customers")
    n = max(24, knobs.items // knobs.items_per_customer)
    key, dealers = max(6, n // 150), max(8, n // 6)
    segment = np.repeat([0, 1, 2], [key, dealers, n - key - dealers])
    weight = (np.arange(n) + 3.0) ** -0.95
    regions = np.unique([one[3] for one in locations])
    return Customers(
        segment=segment,
        region=random.integers(0, len(regions), n),
        weight=weight / weight.sum(),
        ids=numbered("C", np.arange(n) + 20001, 6),
    )


def _positions(knobs: Knobs, items: Items, locations: tuple[tuple, ...]) -> Positions:
    random = stream(knobs, "positions")
    kept = random.random((len(items), len(locations))) < np.array([one[7] for one in locations])
    shares = np.array([one[6] for one in locations]) * random.lognormal(0, 0.35, kept.shape) * kept
    shares /= shares.sum(axis=1, keepdims=True)
    item, location = np.nonzero(kept)
    # Dense numbers of the first location's positions: every item is kept there.
    first = np.flatnonzero(location == 0)
    is_store = np.array([one[2] == "store" for one in locations])[location]
    lot = items.units_per_line[item]
    return Positions(
        item=item,
        location=location,
        share=shares[item, location],
        source=np.where(is_store & (location > 0), first[item], np.arange(len(item))),
        units_per_line=np.where(is_store, 1 + (lot - 1) * 0.12, lot),
    )
