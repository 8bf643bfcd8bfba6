"""Survival: censored stock takes part, no origin knows its future, and a stored model says the same again."""

import datetime
import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from inventory_valuation.survival import EVENTS, predict_median, score_survival, survival_shares, train_survival

MONTHS, POSITIONS, ORIGIN = 10, 120, 7
FEATURES = ("cover", "noise")


def month_end(number):
    return datetime.date(2023 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - datetime.timedelta(days=1)


@functools.cache
def examples():
    """Stock lasts about as many months as its cover; what ends after the last month is null."""
    random = np.random.default_rng(1)
    size = MONTHS * POSITIONS
    month, position = np.divmod(np.arange(size), POSITIONS)
    cover, noise = random.uniform(0.5, 8, size), random.uniform(size=size)
    lasted = np.ceil(cover * random.lognormal(0, 0.3, size))
    is_dead = random.uniform(size=size) < 0.1
    columns = {
        "item_id": pa.array([f"item-{number:03}" for number in position]),
        "location_id": pa.array(["place"] * size),
        "valuation_date": pa.array([month_end(int(number)) for number in month], pa.date32()),
        "month_number": pa.array(month + 1),
        "is_dead_stock": pa.array(is_dead),
        "cover": pa.array(cover),
        "noise": pa.array(noise),
        "months_to_sell_through": pa.array(lasted.astype(int), mask=month + lasted >= MONTHS),
        "months_to_dead_stock": pa.array((9 - lasted).clip(1).astype(int), mask=is_dead | (month + 9 >= MONTHS)),
    }
    return pa.table(columns)


def scoring_dates():
    return pa.table(
        {
            "valuation_date": pa.array([month_end(ORIGIN), month_end(ORIGIN + 1)], pa.date32()),
            "trained_on": pa.array([month_end(ORIGIN)] * 2, pa.date32()),
        }
    )


def train(table=None, fitted_before=None):
    catalogue = pa.table({"feature": list(FEATURES)})
    return train_survival(table or examples(), scoring_dates(), catalogue, fitted_before)


@functools.cache
def trained():
    return train()


def known_at(table, origin):
    """The table as it was at the origin: no later date, no event that came after."""
    rows = table.filter(pc.less_equal(table["month_number"], origin + 1))
    for column in EVENTS.values():
        has_come = pc.less_equal(pc.add(rows["month_number"], rows[column]), origin + 1)
        known = pc.if_else(has_come, rows[column], pa.scalar(None, pa.int64()))
        rows = rows.set_column(rows.schema.get_field_index(column), column, known)
    return rows


def test_an_origin_is_fitted_on_nothing_that_came_after_it():
    assert train(known_at(examples(), ORIGIN)).equals(trained())


def test_the_latest_dates_take_part_though_their_stock_still_lasts():
    cards = trained().to_pylist()
    assert [card["target"] for card in cards] == list(EVENTS)
    assert {card["training_dates"] for card in cards} == {ORIGIN}
    assert cards[0]["training_rows"] == ORIGIN * POSITIONS


def test_longer_cover_lasts_longer():
    matrix = np.column_stack([np.linspace(1, 7, 7), np.full(7, 0.5)]).astype(np.float32)
    median = predict_median(trained()["artefact"][0].as_py(), matrix)
    assert np.corrcoef(median, matrix[:, 0])[0, 1] > 0.95
    assert median[:4] == pytest.approx(matrix[:4, 0], rel=0.6)


def test_half_last_until_the_median_and_ever_fewer_beyond():
    shares = survival_shares(np.full(4, 3.0), 0.5, np.array([1.0, 3.0, 6.0, 100.0]))
    assert shares == pytest.approx([0.9, 0.5, 0.2, 0.0009], abs=1e-4)


def test_stock_that_is_dead_has_no_date_at_which_it_dies():
    scored = score_survival(examples(), scoring_dates(), trained())
    there = examples().filter(
        pc.is_in(examples()["valuation_date"], scoring_dates()["valuation_date"].combine_chunks())
    )
    dead = pc.sum(there["is_dead_stock"]).as_py()
    assert len(scored) == 2 * len(there) - dead
    assert pc.min(scored["median_months"]).as_py() > 0


def test_stored_models_are_taken_over_and_say_the_same_to_the_bit():
    again = train(fitted_before=trained().select(["run_id", "artefact", "held_out"]))
    assert again.equals(trained())
    first = score_survival(examples(), scoring_dates(), trained())
    assert score_survival(examples(), scoring_dates(), again).equals(first)


def test_rows_in_another_order_give_the_same_runs():
    shuffled = examples().take(np.random.default_rng(2).permutation(len(examples())))
    assert train(shuffled).equals(trained())


def test_nothing_to_score_gives_an_empty_table_of_the_same_shape():
    nothing = score_survival(examples(), scoring_dates().slice(0, 0), trained().slice(0, 0))
    assert len(nothing) == 0
    assert nothing.schema.names == score_survival(examples(), scoring_dates(), trained()).schema.names
