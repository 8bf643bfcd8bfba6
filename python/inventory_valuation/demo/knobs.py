"""What can be turned on the demo company, with the values of the reference company."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

FULL_SCALE_ITEMS = 12_000
FULL_SCALE_LOCATIONS = 6


@dataclass(frozen=True)
class Category:
    """A product category of the company; money in the reporting currency.

    Attributes:
        name: as in the item master.
        code: prefix of its item ids.
        items: number of items at full scale.
        yearly_cost_of_sales: of one item that sells at its plateau all year, on average.
        unit_cost: median cost of a unit.
        cost_spread: standard deviation of the log of unit cost between families.
        margin: mean share of the list price that is not cost.
        life_weeks: mean weeks from one generation to its successor.
        collapse_rate: share of items per year whose demand collapses for no reason of age.
        yearly_erosion: share by which market prices and costs fall in a year.
        holiday_lift: extra demand at the height of the fourth quarter, as a share.
        school_lift: the same for August.
        return_rate: share of lines of which something comes back.
        units_per_line: mean units of a warehouse's order line for an ordinary item.
        optimism: mean factor by which the buyer overrates demand.
        subcategories: their nouns, as used in descriptions.
    """

    name: str
    code: str
    items: int
    yearly_cost_of_sales: float
    unit_cost: float
    cost_spread: float
    margin: float
    life_weeks: float
    collapse_rate: float
    yearly_erosion: float
    holiday_lift: float
    school_lift: float
    return_rate: float
    units_per_line: float
    optimism: float
    subcategories: tuple[str, ...]


# fmt: off
CATEGORIES = (
    Category("Gaming Accessories", "GAM", 2800, 130_000, 22, 0.55, 0.44, 84, 0.03, 0.10, 1.5, 0.05, 0.07, 36, 1.12,
             ("Wireless Controller", "Gaming Headset", "Charging Dock", "Racing Wheel", "Mechanical Keyboard",
              "Gaming Mouse", "Console Skin", "VR Strap")),
    Category("Audio", "AUD", 1900, 190_000, 52, 0.65, 0.42, 110, 0.02, 0.08, 1.0, 0.10, 0.05, 15, 1.08,
             ("Bluetooth Speaker", "Headphones", "True Wireless Earbuds", "Soundbar", "Turntable",
              "Outdoor Speaker")),
    Category("Cables and Power", "CAB", 2800, 78_000, 8, 0.55, 0.48, 200, 0.01, 0.03, 0.3, 0.15, 0.02, 82, 1.05,
             ("USB-C Cable", "HDMI Cable", "Wall Charger", "Power Bank", "Surge Protector", "Battery Pack")),
    Category("Smart Home and Wearables", "SMH", 1500, 172_000, 58, 0.6, 0.40, 104, 0.03, 0.10, 1.1, 0.05, 0.06, 15, 1.1,
             ("Smart Watch", "Fitness Tracker", "Smart Bulb", "Video Doorbell", "Thermostat", "Desk Fan")),
    Category("Phones and Tablets", "PHO", 900, 610_000, 205, 0.60, 0.33, 68, 0.02, 0.16, 0.9, 0.10, 0.05, 8, 1.08,
             ("Smartphone", "Tablet", "E-Reader", "Rugged Phone")),
    Category("Computers", "COM", 800, 715_000, 430, 0.50, 0.31, 78, 0.018, 0.13, 0.5, 0.50, 0.04, 5, 1.06,
             ("Laptop", "Mini PC", "Chromebook", "Monitor Arm Kit", "Graphics Card")),
    Category("Televisions and Displays", "TVD", 600, 610_000, 290, 0.55, 0.30, 72, 0.02, 0.14, 1.0, 0.02, 0.03, 5, 1.06,
             ("LED Television", "OLED Television", "Computer Monitor", "Projector")),
    Category("Cameras and Drones", "CAM", 700, 300_000, 180, 0.70, 0.36, 120, 0.03, 0.09, 0.9, 0.02, 0.04, 7, 1.10,
             ("Action Camera", "Mirrorless Camera", "Drone", "Gimbal", "Instant Camera")),
)
# fmt: on


@dataclass(frozen=True)
class Knobs:
    """Everything that can be turned; two runs with equal knobs give equal bytes.

    Attributes:
        items: items in the master.
        locations: stock-keeping locations.
        months: months of data handed over.
        seed: of every random draw.
        last_day: last day of data, a month end; the clock plays no part.
        warmup_weeks: weeks simulated before the data begin, so that it opens with stock in mid-life.
        categories: what the company sells.

        items_per_supplier, items_per_customer: size of the master tables.
        demand_level: factor on the demand of everything.
        collapse_level: factor on the collapse rates of the categories.
        followed_share: share of items whose search volume runs ahead of demand; for others it is noise.
        lead_weeks: by how many weeks it does so, at the most.
        contested_share: share of items whose demand heeds competitors' prices.
        anchored_share: share of items mostly bought by one key account.
        sold_off: least and most share of an item's market price that goes with its demand.
        accounts_lost: key accounts lost, as (share of the data's span, which account).
        platforms_ended: gaming platforms whose end takes all their accessories, as (share of span, which).
        flop_share: successors that flop, so that their predecessors live on.
        elasticity, elasticity_spread: median price elasticity of items, and the standard deviation of its log.
        competitor_cut_rate: competitors' price cuts per item and week.
        weather_level: factor on how much the goods that feel the weather feel it.
        confidence_effect: log of demand gained where consumers' confidence doubles.
        promotion_level: factor on the share of a category's items that take part in a promotion.

        searched_share, scraped_share: share of items whose search volume, and competitor's price, is observed.
        telling_share: share of brands whose sentiment runs ahead of demand; for others it is noise.

        supplier_cut_share: items whose supplier cuts its price once.
        announced_share: ends by a successor that the supplier announces.
        told_cut_share: suppliers' price cuts of which they write.
        worsening_share: suppliers whose quality gets worse and worse.
        jam_level: factor on how much the jams at sea lengthen lead times.
        part_delivery_share: orders that come in two parts.
        inspected_share, pictured_share: receipts that are inspected, and inspections with a picture.

        optimism_spread: between items, of the log of the buyer's optimism.
        plan_error: standard deviation of the log of the launch plan against true demand.
        cover_days: days of sales that the buyer wants beyond lead time and review.
        review_workdays: working days between two reviews of a position.
        cancel_share: share of cancellable orders for overstocked goods cancelled at a review.

        refill_days: days of sales up to which stores are refilled by transfer.
        shrinkage_rate: share of positions a day that lose something at once, and as many unseen until a count.
        return_scrap_share: share of returns that can't be sold again.
        scrap_share: share of hopeless positions scrapped at a year end; at mid-year a fourth of it.
        ageing_days, ageing_rates: the static policy of the company's books.

        late_share, very_late_share: rows loaded some days, and some weeks late.
        duplicate_share, resent_share: rows delivered twice, the same or changed.
        id_share: rows whose ids stray in case, spaces, punctuation or zeros.
        cost_gap_share: receipts without a cost, or with zero.
        slip_share: rows with a cost, price or quantity off by 10, 12 or 100.
        service_share: lines added that are no product.
        unknown_share, future_share, late_booking_share, excess_return_share, bad_quantity_share: of rows.
    """

    items: int = 1_000
    locations: int = 3
    months: int = 30
    seed: int = 7
    last_day: str = "2026-06-30"
    warmup_weeks: int = 78
    categories: tuple[Category, ...] = field(default=CATEGORIES, repr=False)

    items_per_supplier: int = 80
    items_per_customer: int = 8

    demand_level: float = 1.0
    collapse_level: float = 1.0
    followed_share: float = 0.5
    lead_weeks: int = 10
    contested_share: float = 0.35
    anchored_share: float = 0.12
    sold_off: tuple[float, float] = (0.05, 0.30)
    accounts_lost: tuple[tuple[float, int], ...] = ((0.52, 1), (0.8, 3))
    platforms_ended: tuple[tuple[float, int], ...] = ((0.3, 0), (0.72, 2))
    flop_share: float = 0.08
    elasticity: float = 1.6
    elasticity_spread: float = 0.4
    competitor_cut_rate: float = 0.0075
    weather_level: float = 1.0
    confidence_effect: float = 0.15
    promotion_level: float = 1.0

    searched_share: float = 0.4
    scraped_share: float = 0.35
    telling_share: float = 0.5

    supplier_cut_share: float = 0.3
    announced_share: float = 0.65
    told_cut_share: float = 0.5
    worsening_share: float = 0.15
    jam_level: float = 1.0
    part_delivery_share: float = 0.07
    inspected_share: float = 0.05
    pictured_share: float = 0.6

    optimism_spread: float = 0.16
    plan_error: float = 0.35
    cover_days: float = 21.0
    review_workdays: int = 10
    cancel_share: float = 0.4

    refill_days: float = 24
    shrinkage_rate: float = 0.0022
    return_scrap_share: float = 0.22
    scrap_share: float = 0.75
    ageing_days: tuple[int, ...] = (90, 180, 270, 365)
    ageing_rates: tuple[float, ...] = (0.0, 0.25, 0.50, 0.75, 1.0)

    late_share: float = 0.004
    very_late_share: float = 0.0008
    duplicate_share: float = 0.002
    resent_share: float = 0.0008
    id_share: float = 0.004
    cost_gap_share: float = 0.004
    slip_share: float = 0.0012
    service_share: float = 0.006
    unknown_share: float = 0.0006
    future_share: float = 0.0002
    late_booking_share: float = 0.003
    excess_return_share: float = 0.004
    bad_quantity_share: float = 0.0003


def stream(knobs: Knobs, name: str) -> np.random.Generator:
    """A random stream of its own for each part, so that a change in one leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([knobs.seed, zlib.crc32(name.encode())]))
