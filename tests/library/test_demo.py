"""The demo company: the same bytes each time, and books that a company could have."""

import hashlib
from dataclasses import replace
from datetime import date
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from inventory_valuation.demo.__main__ import knobs_from
from inventory_valuation.demo.company import build_company, company_of, simulated
from inventory_valuation.demo.demand import WEATHER_NOUNS
from inventory_valuation.demo.dirt import KEYS
from inventory_valuation.demo.knobs import FULL_SCALE_ITEMS, Knobs
from inventory_valuation.demo.replay import replay
from inventory_valuation.demo.trading import REASONS

SMALL = Knobs(items=60, locations=3, months=12)
CONTRACT = (
    *("items", "locations", "suppliers", "customers", "opening_stock", "purchase_orders", "receipts"),
    *("receipt_cost_adjustments", "sales", "customer_returns", "stock_adjustments", "transfers", "stock_counts"),
    *("prices", "promotions", "stockouts", "market_signals", "supplier_messages", "quality_inspections"),
    *("fx_rates", "booked_reserves", "reserve_overrides", "reserve_approvals", "approvers"),
)


@pytest.fixture(scope="module")
def company():
    return company_of(SMALL)


@pytest.fixture(scope="module")
def clean():
    """The company without dirt."""
    return company_of(replace(SMALL, **dict.fromkeys(DIRT, 0.0)))[0]


DIRT = (
    *("late_share", "very_late_share", "duplicate_share", "resent_share", "id_share", "cost_gap_share", "slip_share"),
    *("service_share", "unknown_share", "future_share", "late_booking_share", "excess_return_share"),
    "bad_quantity_share",
)


def digests(folder) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*.parquet"))}


def test_two_runs_are_equal_to_the_byte(tmp_path):
    build_company(SMALL, tmp_path / "one")
    build_company(SMALL, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "one_truth") == digests(tmp_path / "two_truth")


def test_the_folder_holds_the_delivery_and_nothing_else(tmp_path):
    build_company(SMALL, tmp_path / "demo")
    assert {place.name for place in tmp_path.iterdir()} == {"demo", "demo_truth"}
    assert {file.stem for file in (tmp_path / "demo").iterdir()} == set(CONTRACT)


def test_another_seed_is_another_company(tmp_path, company):
    other, _ = company_of(replace(SMALL, seed=8))
    assert not other["sales"].equals(company[0]["sales"])


def test_every_input_table_is_there_with_rows(company):
    tables, truth = company
    assert set(tables) == set(CONTRACT)
    assert all(len(tables[name]) for name in CONTRACT)
    assert set(truth) == {"injected_dirt", "doomed_items", "demand_drivers"}


def test_ids_of_clean_documents_are_unique(clean):
    for name, key in KEYS.items():
        keys = clean[name].group_by(list(key)).aggregate([])
        assert len(keys) == len(clean[name]), name


def test_stock_of_the_clean_company_is_never_negative(clean):
    with duckdb.connect() as connection:
        for name, table in clean.items():
            connection.register(name, table)
        lowest = connection.execute("""
            with moves as (
                select item_id, location_id, cast(as_of as timestamp) as moved_at, 0 as rank, quantity
                from opening_stock
                union all select item_id, location_id, received_at, 1, quantity from receipts
                union all select item_id, location_id, returned_at, 1, quantity from customer_returns
                    where disposition = 'restock'
                union all select item_id, to_location_id, received_at, 1, quantity from transfers
                    where received_at is not null
                union all select item_id, from_location_id, shipped_at, 2, -quantity from transfers
                union all select item_id, location_id, adjusted_at, 2, quantity from stock_adjustments
                union all select item_id, location_id, sold_at, 2, -quantity from sales
            ),
            balances as (
                select sum(quantity) over (
                    partition by item_id, location_id order by moved_at, rank rows unbounded preceding
                ) as balance
                from moves
            )
            select min(balance) from balances
        """).fetchall()[0][0]
    assert lowest >= 0


def test_every_injected_row_is_in_its_table(company):
    tables, truth = company
    for row in truth["injected_dirt"].group_by("table_name").aggregate([("row_key", "list")]).to_pylist():
        key = KEYS[row["table_name"]]
        parts = [tables[row["table_name"]][column].cast(pa.string()) for column in key]
        keys = {"/".join(values) for values in zip(*(part.to_pylist() for part in parts), strict=True)}
        assert set(row["row_key_list"]) <= keys


def test_nothing_happens_after_the_last_day_in_a_clean_company(clean):
    last = np.datetime64(SMALL.last_day) + 1
    for name, moment in (("sales", "sold_at"), ("receipts", "received_at"), ("customer_returns", "returned_at")):
        assert clean[name][moment].to_numpy().max() < last, name


def test_doomed_items_sell_less_after_their_doom(company):
    """Else the truth would be no truth."""
    tables, truth = company
    with duckdb.connect() as connection:
        connection.register("sales", tables["sales"])
        connection.register("doomed", truth["doomed_items"])
        before, after = connection.execute("""
            select
                sum(quantity) filter (where sold_at < doomed_on and sold_at >= doomed_on - interval 60 day),
                sum(quantity)
                    filter (where sold_at >= doomed_on + interval 120 day and sold_at < doomed_on + interval 180 day)
            from sales join doomed using (item_id)
            where severity > 0.6 and doomed_on between date '2025-09-01' and date '2025-12-31'
                and sold_at < timestamp '2026-07-01' and quantity > 0
        """).fetchall()[0]
    assert 0 < after < before * 6 / 10


def test_the_company_is_an_ordinary_one():
    """Turnover, margin, write-downs and dead stock as the trade has them, whatever the number of items.

    benchmarks/demo_company.py measures more closely, on a build.
    """
    records, _ = simulated(Knobs(items=300))
    trade, calendar = records.trade, records.calendar
    stock = np.array(trade.month_stock) * np.array(trade.month_cost)
    years = (calendar.end - calendar.opening) / 365
    sales, lost = trade.sales, trade.adjustments
    here = sales["day"] >= calendar.opening
    cost, proceeds = (
        (sales["quantity"] * amount)[here] for amount in (sales["unit_cost"], sales["price"] * (1 - sales["discount"]))
    )
    scrapped = np.isin(lost["reason"], [REASONS.index(one) for one in ("obsolete", "write_off", "expiry")])
    scrapped &= lost["day"] >= calendar.opening
    write_downs = np.maximum(cost - proceeds, 0).sum() - (lost["quantity"] * lost["unit_cost"])[scrapped].sum()
    assert 0.08 < write_downs / years / stock.sum(axis=1).mean() < 0.14
    assert 4 < cost.sum() / years / stock.sum(axis=1).mean() < 7
    assert 0.15 < 1 - cost.sum() / proceeds.sum() < 0.35
    assert 0.03 < trade.returns.used / sales.used < 0.08


def test_every_position_is_bought_for():
    """A buyer's rounds that fall on the same weekday never came to two positions of seven."""
    records, _ = simulated(SMALL)
    positions, orders = records.catalogue.positions, records.trade.orders
    launched = records.catalogue.items.launch_week[positions.item] * 7 < records.calendar.opening
    delivered = np.flatnonzero((positions.source == np.arange(len(positions))) & launched)
    rounds = np.bincount(orders["position"], minlength=len(positions))[delivered]
    assert (rounds > 1).mean() > 0.95


def test_the_truth_tells_what_moves_demand(company):
    tables, truth = company
    drivers = truth["demand_drivers"]
    assert drivers["item_id"].to_pylist() == tables["items"]["item_id"].to_pylist()
    feels = dict(zip(tables["items"]["subcategory"].to_pylist(), drivers["weather_effect"].to_pylist(), strict=True))
    assert {kind for kind, effect in feels.items() if effect} == feels.keys() & WEATHER_NOUNS.keys()


def test_a_month_that_is_not_complete_is_refused():
    with pytest.raises(ValueError, match="last_day must be a month end, not 2026-06-15"):
        company_of(replace(SMALL, last_day="2026-06-15"))


def test_the_command_line_turns_the_knobs():
    knobs, folder = knobs_from(["--items", "50", "--locations", "2", "--months", "8", "--seed", "3", "--out", "x"])
    assert (knobs.items, knobs.locations, knobs.months, knobs.seed, str(folder)) == (50, 2, 8, 3, "x")
    assert knobs_from(["--scale", "0.5"])[0].items == FULL_SCALE_ITEMS // 2
    with pytest.raises(SystemExit):
        knobs_from(["--scale", "0"])
    with pytest.raises(SystemExit):
        knobs_from(["--items", "1"])


START = date(2025, 9, 14)


@pytest.fixture(scope="module")
def trading():
    return simulated(SMALL)


def plan_of(ids, price=None, discount=None) -> pa.Table:
    """The same price, or discount, for all items everywhere, from the day after the start."""
    n = len(ids)
    return pa.table(
        {
            "item_id": ids,
            "location_id": pa.nulls(n, pa.string()),
            "from_date": [date(2025, 9, 15)] * n,
            "price": pa.array([price] * n, pa.float64()),
            "discount": pa.array([discount] * n, pa.float64()),
        }
    )


def totals(replayed: pa.Table) -> dict:
    with duckdb.connect() as connection:
        connection.register("replayed", replayed)
        return connection.execute("""
            select
                sum(sold_quantity) as sold, sum(asked_quantity) as asked, sum(proceeds) as proceeds,
                sum(left_quantity) filter (where period_end = date '2026-06-30') as left_at_the_end,
                bool_and(
                    start_quantity + received_quantity - sold_quantity + returned_quantity - issued_quantity
                    = left_quantity
                    and left_quantity >= 0
                ) as adds_up
            from replayed
        """).to_arrow_table().to_pylist()[0]  # fmt: skip


def test_a_replay_under_the_companys_own_prices_is_its_trading(trading):
    records, world = trading
    sales, calendar = records.trade.sales, records.calendar
    here = sales["day"] > (np.datetime64(START) - calendar.start).astype(int)
    own = totals(replay(records, world, None, START))
    proceeds = (sales["quantity"] * sales["price"] * (1 - sales["discount"]))[here].sum()
    assert own["sold"] == int(sales["quantity"][here].sum())
    assert float(own["proceeds"]) == pytest.approx(proceeds, rel=1e-6)
    assert own["left_at_the_end"] == int(records.trade.month_stock[-1].sum())
    assert own["adds_up"]
    kept = totals(replay(records, world, None, START, scraps=False))
    assert kept["adds_up"]
    assert kept["sold"] >= own["sold"]
    assert kept["left_at_the_end"] > own["left_at_the_end"]


def test_a_lower_price_sells_no_fewer_units(trading):
    records, world = trading
    ids = records.catalogue.items.ids
    replays = [replay(records, world, plan_of(ids, discount=one), START) for one in (0.0, 0.3, 0.6)]
    sums = [totals(one) for one in replays]
    assert all(one["adds_up"] for one in sums)
    assert sums[0]["sold"] < sums[1]["sold"] < sums[2]["sold"]
    for dear, cheap in pairwise(replays):
        with duckdb.connect() as connection:
            connection.register("dear", dear)
            connection.register("cheap", cheap)
            fewer = connection.execute("""
                with wanted as (
                    select item_id, location_id, -sum(asked_quantity) as units from dear group by all
                    union all select item_id, location_id, sum(asked_quantity) from cheap group by all
                )
                select item_id, location_id from wanted group by all having sum(units) < 0
            """).fetchall()
        assert not fewer


def test_a_plan_moves_only_the_items_it_names(trading):
    records, world = trading
    own = replay(records, world, None, START)
    one = records.catalogue.items.ids[:1]
    other = replay(records, world, plan_of(one, price=0.5), START)
    elsewhere = [table.filter(pc.not_equal(table["item_id"], one[0])) for table in (own, other)]
    assert elsewhere[0].equals(elsewhere[1])
    assert not own.equals(other)


def test_a_plan_that_cannot_be_is_refused(trading):
    records, world = trading
    with pytest.raises(ValueError, match="the plan names what the company does not have: NO-1"):
        replay(records, world, plan_of(["NO-1"], discount=0.2), START)
    with pytest.raises(ValueError, match="the plan lacks discount"):
        replay(records, world, plan_of([], 1.0).drop_columns("discount"), START)
    with pytest.raises(ValueError, match="not within the data's days"):
        replay(records, world, None, date(2026, 6, 30))
