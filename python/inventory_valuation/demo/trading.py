"""The company at work, day by day: what comes in, what is sold, what is marked down, bought and thrown away.

Every step is vectorised over positions (items at locations). Within a day the order is: transfers and
receipts arrive, returns come back, stores are refilled, customers order, things break, stock is counted,
the buyer looks ahead. Nobody here knows what demand will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from inventory_valuation.demo.calendar import Calendar
from inventory_valuation.demo.catalogue import Catalogue
from inventory_valuation.demo.customers import (
    Market,
    buyers_and_discounts,
    going_price,
    granted,
    lines_asked,
    returns_of,
    weekly_wish,
)
from inventory_valuation.demo.demand import NEVER, World
from inventory_valuation.demo.knobs import Knobs, stream
from inventory_valuation.demo.supply import Supply

REASONS = (
    "damage", "theft", "expiry", "other", "obsolete", "write_off", "count", "found", "supplier_return",
)  # fmt: skip
DAMAGE, THEFT, EXPIRY, OTHER, OBSOLETE, WRITE_OFF, COUNT, FOUND, SUPPLIER_RETURN = range(9)
OPEN, CLOSED, CANCELLED = range(3)
REGULAR, MARKDOWN, CLEARANCE = range(3)
NEVER_DAY = NEVER * 7
QUIET_DAYS = 8
WORKDAYS = 5
# name, day of the year, length in days, share of a category's items
PROMOTIONS = (
    ("winter sale", 20, 12, 0.10), ("spring", 110, 9, 0.10), ("back to school", 222, 14, 0.15),
    ("black friday", 328, 8, 0.35), ("christmas", 344, 10, 0.10),
)  # fmt: skip


class Rows:
    """Rows that are added in lots, column by column, and can be found by the day they are due."""

    def __init__(self, **dtypes: type) -> None:
        self._columns = {name: np.empty(1024, dtype) for name, dtype in dtypes.items()}
        self.used = 0
        self._open_from = 0

    def add(self, count: int, **values: np.ndarray | float) -> np.ndarray:
        """Append rows and return their numbers."""
        end = self.used + count
        for name, column in self._columns.items():
            if end > len(column):
                longer = np.empty(max(2 * len(column), end), column.dtype)
                longer[: self.used] = column[: self.used]
                self._columns[name] = longer
            self._columns[name][self.used : end] = values[name]
        numbers = np.arange(self.used, end)
        self.used = end
        return numbers

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name][: self.used]

    def due(self, day: int) -> np.ndarray:
        """Numbers of the rows whose day this is; days must be asked for in order."""
        if day % 32 == 0:
            later = np.flatnonzero(self["due"][self._open_from :] >= day)
            self._open_from = self._open_from + int(later[0]) if len(later) else self.used
        return np.flatnonzero(self["due"][self._open_from :] == day) + self._open_from


@dataclass
class State:
    """Where the company stands at a moment; arrays by position or by item."""

    stock: np.ndarray  # by position: what the books say is there
    hidden: np.ndarray  # less what is really there
    on_order: np.ndarray
    in_transit: np.ndarray  # to the position
    fast_rate: np.ndarray  # units a day while in stock, recent
    slow_rate: np.ndarray
    average_cost: np.ndarray
    out_since: np.ndarray  # day the stock ran out, -1 while there is some
    last_sale: np.ndarray
    regular: np.ndarray  # by item: price
    tag: np.ndarray
    stage: np.ndarray  # regular, markdown, clearance
    stage_since: np.ndarray
    weak_reviews: np.ndarray
    promoted: np.ndarray  # discount of the running promotion
    promotion: np.ndarray  # its number, -1 for none
    discontinued: np.ndarray  # day, or NEVER
    asked: np.ndarray  # regular price, tag and promotion as they were last kept


@dataclass
class Trade:
    """What happened, as rows; positions, items and days are numbers."""

    orders: Rows
    deliveries: Rows
    transfers: Rows
    returns: Rows
    sales: Rows
    adjustments: Rows
    counts: Rows
    prices: Rows
    promotions: Rows
    stockouts: Rows
    asked: Rows  # prices asked of each item, whenever one changes
    unseen: Rows  # `hidden` of a position, whenever it changes
    month_stock: list[np.ndarray] = field(default_factory=list)
    month_cost: list[np.ndarray] = field(default_factory=list)
    opening_stock: np.ndarray | None = None
    opening_cost: np.ndarray | None = None
    discontinued: np.ndarray | None = None


@dataclass(frozen=True)
class Habits:
    """How the company's people treat each item or position; drawn once."""

    optimism: np.ndarray
    plan: np.ndarray  # by position: planned units a day
    least_order: np.ndarray  # by position
    pack: np.ndarray
    cover_days: np.ndarray
    patience: np.ndarray  # reviews before a markdown
    weak_cover: np.ndarray  # weeks of cover that worry the merchandiser
    markdown: np.ndarray
    clearance: np.ndarray
    is_quick: np.ndarray  # to clear what is dying
    heeds_supplier: np.ndarray
    stops_after: np.ndarray  # weeks after a successor's launch at which the buyer stops; most look ahead
    discontinues_after: np.ndarray  # weeks after a successor's launch


@dataclass(frozen=True)
class Company(Market):
    """What stands while the company trades."""

    calendar: Calendar
    habits: Habits
    random: np.random.Generator


def trade(
    knobs: Knobs,
    calendar: Calendar,
    catalogue: Catalogue,
    world: World,
    supply: Supply,
    report: Callable[[str], None] = lambda line: None,
) -> Trade:
    """Run the company from the first day of the warm-up to the last day of data.

    Args:
        knobs: what can be turned.
        calendar: where the days lie.
        catalogue: master data.
        world: what customers want.
        supply: the suppliers' side.
        report: takes one line of progress per quarter.

    Returns:
        Everything that happened, warm-up included.
    """
    random = stream(knobs, "trading")
    habits = _habits(knobs, random, catalogue, world)
    company = Company(knobs, catalogue, world, supply, calendar, habits, random)
    done, state = _empty_trade(catalogue), _first_state(company)
    _order_launches(company, done, state)
    _plan_promotions(company, done)
    month_ends = set(calendar.month_ends.tolist())
    wish = np.zeros(len(catalogue.positions))
    for day in range(calendar.end + 1):
        if day == calendar.opening:
            done.opening_stock, done.opening_cost = state.stock.copy(), state.average_cost.copy()
        _transfers_arrive(done, state, day)
        _goods_arrive(company, done, state, day)
        _returns_come_back(company, done, state, day)
        _promotions_change(done, state, day)
        if day % 7 == 0:
            _review_prices(company, done, state, day)
            wish = weekly_wish(company, day // 7)
        _note_prices(done, state, day)
        _refill_stores(company, done, state, day)
        sold = _customers_order(company, done, state, wish, day)
        _learn_rates(state, sold)
        _things_break(company, done, state, day)
        _throw_away(company, done, state, day)
        _count_stock(company, done, state, day)
        _note_stockouts(company, done, state, day)
        _buy(company, done, state, day)
        if day in month_ends:
            done.month_stock.append(state.stock.copy())
            done.month_cost.append(state.average_cost.copy())
        if day % 91 == 0:
            value = float(state.stock @ state.average_cost)
            report(f"traded to {calendar.start + day}, {value / 1e6:,.1f} M of stock")
    done.discontinued = state.discontinued
    return done


def _empty_trade(catalogue: Catalogue) -> Trade:
    whole, small, real = np.int64, np.int32, np.float64
    return Trade(
        orders=Rows(position=small, ordered=small, promised=small, quantity=whole, unit_cost=real,
                    is_cancellable=bool, status=np.int8, open_quantity=whole),
        deliveries=Rows(order=whole, position=small, due=small, quantity=whole, unit_cost=real),
        transfers=Rows(position=small, destination=small, shipped=small, due=small, quantity=whole,
                       unit_cost=real),
        returns=Rows(sale=whole, position=small, due=small, quantity=whole, is_scrap=bool),
        sales=Rows(position=small, day=small, quantity=whole, price=real, discount=np.float32,
                   customer=small, promotion=small, unit_cost=real),
        adjustments=Rows(position=small, day=small, quantity=whole, reason=np.int8, unit_cost=real),
        counts=Rows(position=small, day=small, quantity=whole),
        prices=Rows(item=small, day=small, stage=np.int8, price=real),
        promotions=Rows(number=small, item=small, starts=small, ends=small, fraction=real, kind=np.int8),
        stockouts=Rows(position=small, started=small, ended=small),
        asked=Rows(item=small, day=small, regular=real, tag=real, promoted=real),
        unseen=Rows(position=small, day=small, quantity=whole),
    )  # fmt: skip


def _habits(knobs: Knobs, random: np.random.Generator, catalogue: Catalogue, world: World) -> Habits:
    items, positions = catalogue.items, catalogue.positions
    n = len(items)
    mean_optimism = np.array([one.optimism for one in knobs.categories])[items.category]
    # What was on sale before the simulation begins is stocked by what it sells then, not by its best time.
    best = np.where(items.launch_week < 0, world.units[:, :4].mean(axis=1), world.plateau)
    plan = best * np.exp(random.normal(-0.05, knobs.plan_error, n))
    plan = plan[positions.item] * positions.share
    return Habits(
        optimism=mean_optimism * np.exp(random.normal(0, knobs.optimism_spread, n)),
        plan=plan,
        least_order=np.ceil(plan * random.uniform(4, 18, len(plan))),
        pack=np.select([items.unit_cost < 15, items.unit_cost < 60], [20, 6], 1),
        cover_days=knobs.cover_days * random.lognormal(0, 0.35, len(plan)),
        patience=random.integers(2, 5, n),
        weak_cover=random.uniform(14, 36, n),
        markdown=random.uniform(0.10, 0.25, n),
        clearance=random.uniform(0.38, 0.62, n),
        is_quick=random.random(n) < 0.95,
        heeds_supplier=random.random(n) < 0.8,
        stops_after=random.uniform(-21, -4, n),
        discontinues_after=random.uniform(3, 30, n),
    )


def _first_state(company: Company) -> State:
    items, positions, world = company.catalogue.items, company.catalogue.positions, company.world
    n, p = len(items), len(positions)
    list_price = _tidy(items.unit_cost / (1 - items.margin))
    first_cost = company.supply.unit_cost[:, 0][positions.item]
    return State(
        stock=np.zeros(p, np.int64),
        hidden=np.zeros(p, np.int64),
        on_order=np.zeros(p, np.int64),
        in_transit=np.zeros(p, np.int64),
        fast_rate=company.habits.plan.copy(),
        slow_rate=company.habits.plan.copy(),
        average_cost=first_cost.copy(),
        out_since=np.full(p, -1),
        last_sale=np.full(p, -1),
        regular=_tidy(list_price * world.market_price[:, 0]),
        tag=_tidy(list_price * world.market_price[:, 0]),
        stage=np.zeros(n, np.int8),
        stage_since=np.zeros(n, np.int64),
        weak_reviews=np.zeros(n, np.int64),
        promoted=np.zeros(n),
        promotion=np.full(n, -1),
        discontinued=np.full(n, NEVER_DAY),
        asked=np.full((3, n), np.nan),
    )


def _tidy(price: np.ndarray) -> np.ndarray:
    """A price as on a tag."""
    whole = np.where(price > 100, np.round(price) - 0.01, np.round(price * 2) / 2 - 0.01)
    return np.round(np.maximum(whole, 0.49), 2)


def available(stock: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """What can be shipped: what the books hold, less what is missing without their knowing."""
    return np.maximum(np.minimum(stock, stock - hidden), 0)


def _stocked(company: Company) -> np.ndarray:
    """Positions that suppliers deliver to."""
    source = company.catalogue.positions.source
    return source == np.arange(len(source))


def _order_launches(company: Company, done: Trade, state: State) -> None:
    """Every item starts with a lot that the plan asks for, ordered before anyone has sold one."""
    items, positions, random = company.catalogue.items, company.catalogue.positions, company.random
    delivered = np.flatnonzero(_stocked(company))
    plan = np.bincount(positions.source, company.habits.plan, len(positions))[delivered]
    item = positions.item[delivered]
    launch = np.ceil(items.launch_week[item] * 7).astype(int)
    lead = company.catalogue.suppliers.lead_days[items.supplier[item]]
    optimism = company.habits.optimism[item]
    quantity = np.ceil(plan * optimism * (lead + random.uniform(10, 35, len(item)))).astype(int)
    pack = company.habits.pack[item]
    quantity = np.maximum(-(-quantity // pack) * pack, pack)
    ordered = np.maximum(launch - lead - 10, 0)
    soon = launch <= company.calendar.end
    due = np.maximum(launch - random.integers(2, 9, len(item)), 0)
    _order(company, done, state, delivered[soon], quantity[soon], ordered[soon], due[soon])


def _order(
    company: Company,
    done: Trade,
    state: State,
    position: np.ndarray,
    quantity: np.ndarray,
    ordered: np.ndarray | int,
    due: np.ndarray | None = None,
) -> None:
    """Place order lines; a few are delivered in two parts, some not quite in full."""
    items, suppliers, random = company.catalogue.items, company.catalogue.suppliers, company.random
    item = company.catalogue.positions.item[position]
    supplier = items.supplier[item]
    ordered = np.broadcast_to(ordered, position.shape)
    week = ordered // 7
    lead = suppliers.lead_days[supplier]
    unit_cost = company.supply.unit_cost[item, week] * np.where(random.random(len(item)) < 0.1, 1.02, 1.0)
    if due is None:
        took = lead * company.supply.lead_factor[supplier, week] * random.lognormal(0, 0.12, len(item))
        due = ordered + np.maximum(np.round(took), 2).astype(int)
    number = done.orders.add(
        len(position), position=position, ordered=ordered, promised=ordered + lead, quantity=quantity,
        unit_cost=unit_cost, is_cancellable=random.random(len(item)) < suppliers.cancellable[supplier],
        status=OPEN, open_quantity=quantity,
    )  # fmt: skip
    state.on_order += np.bincount(position, quantity, len(state.stock)).astype(np.int64)
    first = np.where(
        random.random(len(item)) < company.knobs.part_delivery_share,
        np.maximum((quantity * 0.6).astype(int), 1),
        quantity,
    )
    rest = quantity - first
    done.deliveries.add(len(position), order=number, position=position, due=due, quantity=first, unit_cost=unit_cost)
    split = np.flatnonzero(rest > 0)
    done.deliveries.add(
        len(split), order=number[split], position=position[split], quantity=rest[split],
        due=due[split] + random.integers(5, 25, len(split)), unit_cost=unit_cost[split],
    )  # fmt: skip


def _blend_cost(state: State, position: np.ndarray, quantity: np.ndarray, unit_cost: np.ndarray) -> None:
    """Moving average cost after arrivals; several may come to one position in a day."""
    p = len(state.stock)
    came = np.bincount(position, quantity, p)
    value = np.bincount(position, quantity * unit_cost, p)
    here = came > 0
    held = np.maximum(state.stock[here], 0)
    state.average_cost[here] = (held * state.average_cost[here] + value[here]) / (held + came[here])


def _transfers_arrive(done: Trade, state: State, day: int) -> None:
    rows = done.transfers.due(day)
    if not len(rows):
        return
    position, quantity = done.transfers["destination"][rows], done.transfers["quantity"][rows]
    _blend_cost(state, position, quantity, done.transfers["unit_cost"][rows])
    np.add.at(state.stock, position, quantity)
    np.subtract.at(state.in_transit, position, quantity)


def _goods_arrive(company: Company, done: Trade, state: State, day: int) -> None:
    rows = done.deliveries.due(day)
    orders = done.orders
    if not len(rows):
        return
    number = done.deliveries["order"][rows]
    is_live = orders["status"][number] != CANCELLED
    done.deliveries["due"][rows[~is_live]] = -1
    rows, number = rows[is_live], number[is_live]
    position, quantity = done.deliveries["position"][rows], done.deliveries["quantity"][rows]
    supplier = company.catalogue.items.supplier[company.catalogue.positions.item[position]]
    landed = 1 + company.supply.landed_share[supplier]
    _blend_cost(state, position, quantity, done.deliveries["unit_cost"][rows] * landed)
    np.add.at(state.stock, position, quantity)
    np.subtract.at(state.on_order, position, quantity)
    np.subtract.at(orders["open_quantity"], number, quantity)
    full = number[orders["open_quantity"][number] <= 0]
    orders["status"][full] = CLOSED
    # Bad goods go back to where they came from.
    random = company.random
    defects = company.supply.defect_rate[supplier, day // 7]
    back = np.flatnonzero(random.random(len(rows)) < 0.35 * defects)
    sent = np.ceil(quantity[back] * random.uniform(0.05, 0.7, len(back))).astype(np.int64)
    _adjust(done, state, position[back], -sent, SUPPLIER_RETURN, day)


def _adjust(
    done: Trade,
    state: State,
    position: np.ndarray,
    change: np.ndarray,
    reason: np.ndarray | int,
    day: int,
) -> None:
    """Change the books' stock; what leaves is never more than is there. A position comes once a call."""
    change = np.maximum(change, -available(state.stock, state.hidden)[position])
    here = np.flatnonzero(change)
    position, change = position[here], change[here]
    state.stock[position] += change
    done.adjustments.add(
        len(position), position=position, day=day, quantity=change,
        reason=np.broadcast_to(reason, here.shape) if np.isscalar(reason) else reason[here],
        unit_cost=state.average_cost[position],
    )  # fmt: skip


def _returns_come_back(company: Company, done: Trade, state: State, day: int) -> None:
    rows = done.returns.due(day)
    rows = rows[~done.returns["is_scrap"][rows]]
    np.add.at(state.stock, done.returns["position"][rows], done.returns["quantity"][rows])


def _plan_promotions(company: Company, done: Trade) -> None:
    """Promotions of all years: for each category at its times, of a share of its items."""
    random, calendar, items = company.random, company.calendar, company.catalogue.items
    day_of_year = calendar.day_of_year(np.arange(calendar.end + 1))
    number = 0
    for kind, (_, at, length, share) in enumerate(PROMOTIONS):
        for usual_day in np.flatnonzero(day_of_year == at):
            for category in range(len(company.knobs.categories)):
                starts = max(int(usual_day + random.integers(-2, 3)), 0)
                here = (items.category == category) & (items.launch_week * 7 < starts - 30)
                member = np.flatnonzero(here & (random.random(len(items)) < company.knobs.promotion_level * share))
                fraction = random.choice([0.1, 0.15, 0.2, 0.25, 0.3], len(member))
                done.promotions.add(
                    len(member), number=number, item=member, starts=starts, ends=starts + length - 1,
                    fraction=fraction, kind=kind,
                )  # fmt: skip
                number += 1


def _promotions_change(done: Trade, state: State, day: int) -> None:
    rows = done.promotions
    over = rows["item"][rows["ends"] == day - 1]
    state.promoted[over] = 0
    state.promotion[over] = -1
    starting = np.flatnonzero(rows["starts"] == day)
    item = rows["item"][starting]
    starting = starting[state.stage[item] == REGULAR]
    state.promoted[rows["item"][starting]] = rows["fraction"][starting]
    state.promotion[rows["item"][starting]] = rows["number"][starting]


def _note_prices(done: Trade, state: State, day: int) -> None:
    """Keep what is asked of each item, whenever it changes."""
    asked = np.stack([state.regular, state.tag, state.promoted])
    changed = np.flatnonzero((asked != state.asked).any(axis=0))
    regular, tag, promoted = asked[:, changed]
    done.asked.add(len(changed), item=changed, day=day, regular=regular, tag=tag, promoted=promoted)
    state.asked = asked


def _of_items(company: Company, values: np.ndarray) -> np.ndarray:
    """Sums over the positions of each item."""
    return np.bincount(company.catalogue.positions.item, values, len(company.catalogue.items))


def _review_prices(company: Company, done: Trade, state: State, day: int) -> None:
    """Half of the items a week: follow the market late, mark down what lies too long, clear it later."""
    items, habits, random = company.catalogue.items, company.habits, company.random
    n, week = len(items), day // 7
    number = np.arange(n)
    launched = (items.launch_week * 7 <= day) & (items.launch_week * 7 > day - 7)
    going = going_price(company, week)
    due = ((number % 2) == week % 2) & (items.launch_week * 7 <= day - 7)
    stock = _of_items(company, state.stock)
    recent = _of_items(company, state.fast_rate)
    cover = stock / (7 * recent + 1e-6)
    collapsed = recent < 0.4 * _of_items(company, state.slow_rate)
    age = week - items.launch_week

    is_off = due & (np.abs(state.regular / going - 1) > 0.06) & (random.random(n) < 0.2)
    regular = np.where(is_off, _tidy(going * random.uniform(0.97, 1.03, n)), state.regular)
    state.regular = np.where(launched, _tidy(going * random.uniform(0.97, 1.04, n)), regular)

    is_weak = (cover > habits.weak_cover) & (age > 14)
    state.weak_reviews = np.where(due, np.where(is_weak, state.weak_reviews + 1, 0), state.weak_reviews)
    replaced = (items.successor >= 0) & (week > items.ends_week + habits.discontinues_after * 0.2)
    stage, since = state.stage, day - state.stage_since
    dying = habits.is_quick & (replaced | collapsed) & (cover > 10)
    to_markdown = due & (stage == REGULAR) & (state.weak_reviews >= habits.patience)
    to_clearance = due & (stage != CLEARANCE) & (dying | ((stage == MARKDOWN) & (since > 83) & (cover > 45)))
    back = due & (stage != REGULAR) & (cover < 8) & ~replaced & (random.random(n) < 0.3)
    new_stage = np.select([to_clearance, to_markdown, back], [CLEARANCE, MARKDOWN, REGULAR], stage)
    state.stage_since = np.where(new_stage != stage, day, state.stage_since)
    state.stage = new_stage.astype(np.int8)
    off = np.select([new_stage == MARKDOWN, new_stage == CLEARANCE], [habits.markdown, habits.clearance], 0.0)
    deeper = np.where(new_stage == CLEARANCE, np.minimum((day - state.stage_since) // 84 * 0.06, 0.18), 0.0)
    tag = np.where(
        new_stage == REGULAR, state.regular, np.round(state.regular * (1 - np.minimum(off + deeper, 0.85)), 2)
    )
    changed = np.flatnonzero((tag != state.tag) | (new_stage != stage) | launched | is_off | (day == 0))
    state.tag = tag
    started = changed[items.launch_week[changed] * 7 <= day]
    done.prices.add(len(started), item=started, day=day, stage=new_stage[started], price=tag[started])
    told = (company.supply.end_week >= 0) & (week >= company.supply.end_week) & habits.heeds_supplier
    gone = (stock == 0) & (_of_items(company, state.on_order + state.in_transit) == 0)
    stale = due & (
        ((replaced | told) & gone)
        | (replaced & (week > items.ends_week + habits.discontinues_after))
        | ((new_stage == CLEARANCE) & (day - state.stage_since > 150))
    )
    state.discontinued = np.where(stale & (state.discontinued > day), day, state.discontinued)
    state.promoted[new_stage != REGULAR] = 0
    state.promotion[new_stage != REGULAR] = -1


def _refill_stores(company: Company, done: Trade, state: State, day: int) -> None:
    """Stores get what they sell from the first distribution centre; once a month, hubs help each other."""
    positions, calendar, random = company.catalogue.positions, company.calendar, company.random
    # Nothing is under way when the data open.
    if calendar.opening - QUIET_DAYS <= day < calendar.opening or day % 7 == 6:
        return
    number = np.arange(len(positions))
    is_store = positions.source != number
    launched = company.catalogue.items.launch_week[positions.item] * 7 <= day
    is_turn = positions.item % 6 == day % 7
    store = np.flatnonzero(is_store & launched & is_turn)
    rate = np.maximum(state.fast_rate[store], 0.02)
    want = np.ceil(rate * company.knobs.refill_days).astype(np.int64) - state.stock[store] - state.in_transit[store]
    want[state.discontinued[positions.item[store]] <= day] = 0
    if (day // 7) % 4 == 0:
        hub = np.flatnonzero(~is_store & (positions.location > 0) & is_turn)
        first = np.searchsorted(positions.item, positions.item[hub])
        rich = state.stock[first] > 150 * state.fast_rate[first] + 5
        poor = state.stock[hub] + state.on_order[hub] < 8 * state.fast_rate[hub]
        hub = hub[rich & poor & (state.in_transit[hub] == 0)]
        store = np.concatenate([store, hub])
        want = np.concatenate([want, np.ceil(state.fast_rate[hub] * 40).astype(np.int64)])
    asked = want > 0
    store, want = store[asked], want[asked]
    source = np.searchsorted(positions.item, positions.item[store])
    order = np.argsort(source, kind="stable")
    store, want, source = store[order], want[order], source[order]
    there = available(state.stock, state.hidden)[source]
    shipped = granted(want, source, (there * 0.6).astype(np.int64))
    here = np.flatnonzero(shipped)
    if not len(here):
        return
    store, source, shipped = store[here], source[here], shipped[here]
    np.subtract.at(state.stock, source, shipped)
    state.in_transit[store] += shipped
    done.transfers.add(
        len(here), position=source, destination=store, shipped=day,
        due=day + random.integers(1, 6, len(here)), quantity=shipped, unit_cost=state.average_cost[source],
    )  # fmt: skip


def _customers_order(company: Company, done: Trade, state: State, wish: np.ndarray, day: int) -> np.ndarray:
    """Order lines of the day, shipped as far as stock lasts; returns units asked for by position."""
    item_of = company.catalogue.positions.item
    relative = (state.tag * (1 - state.promoted) / going_price(company, day // 7))[item_of]
    lines, asked = lines_asked(company, wish, relative, day)
    demand = np.bincount(lines.position, asked, len(item_of))
    shipped = granted(asked, lines.position, available(state.stock, state.hidden)[lines.position])
    kept = shipped > 0
    lines, shipped = lines.some(kept), shipped[kept]
    position, item = lines.position, item_of[lines.position]
    customer, discount = buyers_and_discounts(company, lines)
    number = done.sales.add(
        len(lines), position=position, day=day, quantity=shipped, price=state.tag[item],
        discount=1 - (1 - discount) * (1 - state.promoted[item]),
        customer=customer, promotion=state.promotion[item], unit_cost=state.average_cost[position],
    )  # fmt: skip
    np.subtract.at(state.stock, position, shipped)
    state.last_sale[position] = day
    back, units, due, is_scrap = returns_of(company, lines, shipped)
    done.returns.add(len(back), sale=number[back], position=position[back], quantity=units, due=due, is_scrap=is_scrap)
    return demand


def _learn_rates(state: State, asked: np.ndarray) -> None:
    """What the company believes to be demand: orders seen on days with stock."""
    seen = state.stock > 0
    state.fast_rate += np.where(seen, (asked - state.fast_rate) / 35, 0)
    state.slow_rate += np.where(seen, (asked - state.slow_rate) / 150, 0)


def _things_break(company: Company, done: Trade, state: State, day: int) -> None:
    """Damage, theft and the like, seen at once; and what vanishes unseen until the next count."""
    random, items, positions = company.random, company.catalogue.items, company.catalogue.positions
    luck = random.random(len(positions), np.float32)
    unseen = np.flatnonzero((luck < company.knobs.shrinkage_rate) & (state.stock > 0))
    vanished = 1 + random.poisson(0.004 * state.stock[unseen])
    state.hidden[unseen] = np.minimum(state.hidden[unseen] + vanished, state.stock[unseen])
    done.unseen.add(len(unseen), position=unseen, day=day, quantity=state.hidden[unseen])
    seen = np.flatnonzero((luck > 1 - company.knobs.shrinkage_rate) & (state.stock > 0))
    lost = 1 + random.poisson(0.006 * state.stock[seen])
    perishable = items.shelf_life_days[positions.item[seen]] > 0
    reason = random.choice([DAMAGE, THEFT, OTHER], len(seen), p=(0.6, 0.25, 0.15))
    _adjust(done, state, seen, -lost, np.where(perishable, EXPIRY, reason), day)


def _throw_away(company: Company, done: Trade, state: State, day: int) -> None:
    """At the end of the year the warehouse manager may scrap what nobody will buy; a little at mid-year."""
    calendar, random = company.calendar, company.random
    items, positions, knobs = company.catalogue.items, company.catalogue.positions, company.knobs
    share = {361: knobs.scrap_share, 178: knobs.scrap_share / 4}.get(int(calendar.day_of_year(np.array([day]))[0]), 0.0)
    if not share:
        return
    stock = _of_items(company, state.stock)
    cover = stock / (7 * _of_items(company, state.fast_rate) + 1e-6)
    last_sale = np.full(len(items), -1)
    np.maximum.at(last_sale, positions.item, state.last_sale)
    cleared = (state.stage == CLEARANCE) & (day - state.stage_since > 50)
    hopeless = (
        (stock > 0)
        & (items.launch_week * 7 < day - 200)
        & ((cleared & (cover > 45)) | (day - last_sale > 150) | ((state.discontinued <= day - 60) & (cover > 40)))
    )
    chosen = hopeless & (random.random(len(items)) < share)
    position = np.flatnonzero(chosen[positions.item] & (state.stock > 0))
    excess = state.stock[position] - state.fast_rate[position] * 120
    scrapped = np.floor(excess * random.uniform(0.55, 1.0, len(position))).astype(np.int64)
    reason = random.choice([OBSOLETE, WRITE_OFF], len(position), p=(0.8, 0.2))
    _adjust(done, state, position, -np.maximum(scrapped, 0), reason, day)


def _count_stock(company: Company, done: Trade, state: State, day: int) -> None:
    """Each position is counted twice a year; some miscount, and some differences wait for the next count."""
    random, positions = company.random, company.catalogue.positions
    if day < company.calendar.opening - 182:
        return
    number = np.arange(len(positions))
    position = np.flatnonzero((number * 37 + day) % 182 == 0)
    there = state.stock[position] - state.hidden[position]
    position, there = position[state.stock[position] > 0], there[state.stock[position] > 0]
    slip = np.where(random.random(len(position)) < 0.03, random.integers(-4, 5, len(position)), 0)
    counted = np.maximum(there + slip, 0)
    done.counts.add(len(position), position=position, day=day, quantity=counted)
    booked = random.random(len(position)) < 0.9
    position, change = position[booked], (counted - state.stock[position])[booked]
    short, over = position[change < 0], position[change > 0]
    before = state.stock.copy()
    hidden, state.hidden = state.hidden, np.zeros_like(state.hidden)
    _adjust(done, state, short, change[change < 0], COUNT, day)
    _adjust(done, state, over, change[change > 0], FOUND, day)
    state.hidden = hidden + state.stock - before
    done.unseen.add(len(position), position=position, day=day, quantity=state.hidden[position])


def _note_stockouts(company: Company, done: Trade, state: State, day: int) -> None:
    """Days on which a living item has run out."""
    positions, items = company.catalogue.positions, company.catalogue.items
    selling = (items.launch_week * 7 <= day) & (state.discontinued > day)
    is_out = (state.stock <= 0) & selling[positions.item]
    started = is_out & (state.out_since < 0)
    ended = np.flatnonzero(~is_out & (state.out_since >= 0))
    done.stockouts.add(len(ended), position=ended, started=state.out_since[ended], ended=day)
    state.out_since[ended] = -1
    state.out_since[started] = day
    if day == company.calendar.end:
        out = np.flatnonzero(state.out_since >= 0)
        done.stockouts.add(len(out), position=out, started=state.out_since[out], ended=NEVER_DAY)


def _buy(company: Company, done: Trade, state: State, day: int) -> None:
    """The buyer looks at a share of the positions a day and fills up to what optimism and lead time ask."""
    knobs, habits = company.knobs, company.habits
    items, positions, suppliers = (
        company.catalogue.items,
        company.catalogue.positions,
        company.catalogue.suppliers,
    )
    if day % 7 >= WORKDAYS:
        return
    p, week = len(positions), day // 7
    number = np.arange(p)
    due = np.flatnonzero(
        (positions.source == number)
        & ((number + week * WORKDAYS + day % 7) % knobs.review_workdays == 0)
        & (items.launch_week[positions.item] * 7 <= day)
    )
    served = positions.source
    fast = np.bincount(served, state.fast_rate, p)[due]
    slow = np.bincount(served, state.slow_rate, p)[due]
    has = np.bincount(served, state.stock + state.in_transit, p)[due] + state.on_order[due]
    item = positions.item[due]
    supplier = items.supplier[item]
    lead = suppliers.lead_days[supplier]
    # He sees growth at once and decline late.
    belief = np.maximum(fast, 0.5 * slow) * np.where(fast > 1.25 * slow, 1.1, 1.0)
    young = np.clip(1 - (week - items.launch_week[item]) / 9, 0, 1)
    plan = np.bincount(served, habits.plan, p)[due]
    belief = np.maximum(belief, young * plan) * habits.optimism[item]
    cover = habits.cover_days[due]
    ahead = _season_ahead(company, items.category[item], week, lead, cover)
    horizon = lead + knobs.review_workdays * 7 // WORKDAYS + cover
    # Of what will have a successor he buys what he thinks he can still sell.
    life = (items.ends_week[item] + habits.stops_after[item] - week) * 7
    horizon = np.where(items.successor[item] >= 0, np.clip(life, 0, horizon), horizon)
    target = belief * ahead * horizon
    told = (company.supply.end_week[item] >= 0) & (week >= company.supply.end_week[item])
    stops = (told & habits.heeds_supplier[item]) | (state.discontinued[item] <= day) | (state.stage[item] != REGULAR)
    # What cannot be sold before an order comes is lost, and not bought afterwards.
    missing = np.minimum(target - has, belief * ahead * np.maximum(horizon - lead, 0))
    buys = ~stops & (missing > belief * 5) & (belief > 0.01)
    pack = habits.pack[item]
    quantity = np.maximum(missing, habits.least_order[due])
    quantity = (np.ceil(quantity / pack) * pack).astype(np.int64)
    chosen = np.flatnonzero(buys)
    _order(company, done, state, due[chosen], quantity[chosen], day)
    _cancel(company, done, state, due[(has > 2.2 * target + 10) | (stops & (has > target))], day)


def _season_ahead(company: Company, category: np.ndarray, week: int, lead: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Season over the weeks an order must last, relative to the weeks whose sales the buyer has seen."""
    sums = np.cumsum(np.pad(company.world.season, ((0, 0), (1, 0))), axis=1)
    last = sums.shape[1] - 1
    to = np.minimum(week + np.ceil((lead + cover) / 7).astype(int) + 2, last)
    ahead = (sums[category, to] - sums[category, week]) / np.maximum(to - week, 1)
    since = max(week - 5, 0)
    seen = (sums[category, week + 1] - sums[category, since]) / (week + 1 - since)
    return ahead / seen


def _cancel(company: Company, done: Trade, state: State, overstocked: np.ndarray, day: int) -> None:
    """Take back some open orders for overstocked positions, where the supplier lets them."""
    orders, deliveries = done.orders, done.deliveries
    is_over = np.zeros(len(state.stock), bool)
    is_over[overstocked] = True
    coming = deliveries["due"] > day + 12
    first = int(np.searchsorted(np.maximum.accumulate(coming), True))
    rows = np.arange(first, deliveries.used)[coming[first:]]
    number = deliveries["order"][rows]
    here = (
        is_over[deliveries["position"][rows]]
        & orders["is_cancellable"][number]
        & (orders["status"][number] == OPEN)
        & (orders["open_quantity"][number] == orders["quantity"][number])
        & (orders["ordered"][number] <= day)
    )
    number = np.unique(number[here])
    number = number[company.random.random(len(number)) < company.knobs.cancel_share]
    orders["status"][number] = CANCELLED
    np.subtract.at(state.on_order, orders["position"][number], orders["quantity"][number])
    orders["open_quantity"][number] = 0
