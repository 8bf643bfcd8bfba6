"""Training and scoring: windows are kept, runs are named by what made them, and no date knows its future."""

import datetime
import functools
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from threadpoolctl import threadpool_limits

from inventory_valuation.learning import training
from inventory_valuation.learning.estimators import ENSEMBLES, ESTIMATORS, GIVEN, LEAST_RATE
from inventory_valuation.learning.intervals import calibrate
from inventory_valuation.learning.training import EARLIER, KEYS, LABELS, score_models, train_models

HORIZON = 3
MONTHS, POSITIONS = 12, 60
FEATURES = ("age", "cover", "noise")
SIGNS = {"age": 1, "cover": 0, "noise": 0}
TRAINED_ON = {6: 6, 7: 6, 8: 6, 9: 9, 10: 9, 11: 9}  # scoring month: origin month
NUMBERS = (*FEATURES, *GIVEN, "cost_value")
OUTCOMES = (*LABELS.values(), "ordinary_loss_rate")
MODELS = (*ESTIMATORS, *ENSEMBLES)
TOLD = dict(zip(list(ESTIMATORS)[: len(GIVEN)], GIVEN, strict=True))  # they learn nothing


def month_end(number):
    return datetime.date(2023 + (number + 1) // 12, (number + 1) % 12 + 1, 1) - datetime.timedelta(days=1)


def days(numbers):
    return pa.array([month_end(int(number)) for number in numbers], pa.date32())


@functools.cache
def book():
    """Twelve month ends of sixty positions; labels are null where the horizon passes the last date."""
    random = np.random.default_rng(1)
    size = MONTHS * POSITIONS
    month, position = np.divmod(np.arange(size), POSITIONS)
    age, cover, noise = random.uniform(0, 1, (3, size))
    cover[random.uniform(size=size) < 0.2] = np.nan
    loss = np.clip(0.5 * age + random.normal(0, 0.1, size), 0, 1)
    unripe = month + HORIZON >= MONTHS
    columns = {
        "item_id": pa.array([f"item-{number // 2:02}" for number in position]),
        "location_id": pa.array([f"place-{number % 2}" for number in position]),
        "valuation_date": days(month),
        "age": pa.array(age),
        "cover": pa.array(cover, from_pandas=True),
        "noise": pa.array(noise),
        "realised_loss_rate": pa.array(loss, mask=unripe),
        "is_obsolete": pa.array((loss + random.normal(0, 0.1, size) > 0.3).astype(float), mask=unripe),
        "known_on": days(month + HORIZON),
        "cost_value": pa.array(random.uniform(1, 1000, size)),
        "ordinary_loss_rate": pa.array(0.9 * loss, mask=unripe),
        EARLIER: pa.nulls(size, pa.float64()),
        **{name: pa.array(np.clip(loss + random.normal(0, 0.2, size), 0, 1)) for name in GIVEN},
    }
    return pa.table(columns)


def windows():
    pairs = [(origin, date) for origin in (6, 9) for date in range(origin - HORIZON + 1)]
    origins, dates = zip(*pairs, strict=True)
    return pa.table({"origin_date": days(origins), "training_date": days(dates)})


def scoring_dates(horizon=HORIZON):
    dates = {"valuation_date": days(TRAINED_ON), "trained_on": days(TRAINED_ON.values())}
    return pa.table({**dates, "horizon_months": pa.array([horizon] * len(TRAINED_ON), pa.int64())})


def catalogue(**signs):
    signs = signs or SIGNS
    return pa.table({"feature": list(signs), "monotone": pa.array(list(signs.values()), pa.int64())})


def train(examples=None, window=None, features=None):
    return train_models(examples or book(), window or windows(), scoring_dates(), features or catalogue())


def score(examples, trained):
    return score_models(examples, windows(), scoring_dates(), trained)


@functools.cache
def trained_book():
    return train()


@functools.cache
def scored_book():
    return score(book(), trained_book())


def changed(table, names, first=0, last=MONTHS, seed=9):
    """Other numbers, never null, in these columns from one month to another, both included."""
    random = np.random.default_rng(seed)
    date = table["valuation_date"]
    there = pc.and_(pc.greater_equal(date, month_end(first)), pc.less_equal(date, month_end(last)))
    for name in names:
        values = random.uniform(0, 1, len(table))
        values = pa.array(values.round() if name == "is_obsolete" else values)
        column = pc.if_else(there, values, table[name])
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def shuffled(table):
    return table.take(np.random.default_rng(5).permutation(len(table)))


def cards_of(trained, origin=None):
    rows = trained.to_pylist()
    return [row for row in rows if origin is None or row["origin_date"] == month_end(origin)]


def runs(trained):
    return trained["run_id"].to_pylist()


def scores_at(scored, month, model=None):
    """Rows of one date in the order of their keys."""
    rows = scored.filter(pc.equal(scored["valuation_date"], month_end(month)))
    rows = rows if model is None else rows.filter(pc.equal(rows["model"], model))
    return rows.sort_by([(name, "ascending") for name in ("model", *KEYS)]).to_pylist()


@pytest.fixture
def linear_only(monkeypatch):
    monkeypatch.setattr(training, "ESTIMATORS", {"linear": ESTIMATORS["linear"]})
    monkeypatch.setattr(training, "ENSEMBLES", {})


# Windows


def test_every_origin_trains_every_model_on_its_window():
    found = [
        (row["origin_date"], row["model"], row["training_dates"], row["training_rows"])
        for row in cards_of(trained_book())
    ]
    expected = [(month_end(o), name, o - 2, (o - 2) * POSITIONS) for o in (6, 9) for name in MODELS]
    assert found == expected


@pytest.mark.parametrize("origin", [6, 9])
def test_what_lies_outside_the_window_has_no_influence(origin):
    other = changed(book(), [*NUMBERS, *OUTCOMES], first=origin - HORIZON + 1)
    assert cards_of(train(other), origin) == cards_of(trained_book(), origin)


def test_what_lies_inside_the_window_has_influence():
    other = train(changed(book(), OUTCOMES, first=3, last=3))
    for before, after in zip(cards_of(trained_book()), cards_of(other), strict=True):
        assert before["model"] in TOLD or before["artefact"] != after["artefact"]
        assert before["run_id"] != after["run_id"]


def test_rows_without_a_label_or_a_cost_are_not_learned_from(linear_only):
    holes = {"realised_loss_rate": None, "cost_value": 0.0}
    for name, hole in holes.items():
        first = pa.array(np.arange(len(book())) == 0)
        column = pc.if_else(first, pa.scalar(hole, pa.float64()), book()[name])
        table = book().set_column(book().schema.get_field_index(name), name, column)
        assert cards_of(train(table), 6)[0]["training_rows"] == 4 * POSITIONS - 1


# Runs


def test_an_outcome_of_a_longer_horizon_is_learned_from_when_it_is_known_and_changes_no_earlier_run(linear_only):
    """Of half of the items it is known two months later than of the others, or not yet."""
    examples = book()
    is_long = np.array([int(name[-2:]) % 2 == 0 for name in examples["item_id"].to_pylist()])
    month = np.arange(MONTHS * POSITIONS) // POSITIONS
    known_on = pa.array(days(month + HORIZON + 2 * is_long))
    longer = examples.set_column(examples.column_names.index("known_on"), "known_on", known_on)
    of_origin = {card["origin_date"]: card for card in train(longer).to_pylist()}
    dates = {6: 4, 9: 7}
    for origin, count in dates.items():
        late = sum(date + HORIZON + 2 <= origin for date in range(count))
        assert of_origin[month_end(origin)]["training_rows"] == (count + late) * POSITIONS // 2
    unknown = pa.array(is_long & (month >= 2))
    for name in OUTCOMES:
        place = longer.column_names.index(name)
        longer = longer.set_column(place, name, pc.if_else(unknown, None, longer[name]))
    earlier = {card["origin_date"]: card for card in train(longer).to_pylist()}
    assert earlier[month_end(6)]["run_id"] == of_origin[month_end(6)]["run_id"]
    assert earlier[month_end(9)]["run_id"] != of_origin[month_end(9)]["run_id"]


def test_an_identical_rebuild_gives_identical_runs():
    assert train() == trained_book()


def test_the_order_of_rows_does_not_matter():
    assert train(shuffled(book()), shuffled(windows()), shuffled(catalogue())) == trained_book()
    scored = score(shuffled(book()), shuffled(trained_book()))
    for month in TRAINED_ON:
        assert scores_at(scored, month) == scores_at(scored_book(), month)


@pytest.mark.parametrize("name", [*FEATURES, *OUTCOMES, "cost_value"])
def test_a_run_is_another_when_its_data_change(linear_only, name):
    before, after = train(), train(changed(book(), [name], last=1))
    assert not set(runs(before)) & set(runs(after))


def test_a_run_is_another_when_its_window_changes(linear_only):
    before, after = runs(train()), runs(train(window=windows().slice(1)))
    assert before[0] != after[0]
    assert before[1] == after[1]


@pytest.mark.parametrize(
    "features",
    [{"age": 1, "cover": 0}, {"age": 0, "cover": 0, "noise": 0}],
    ids=["one less", "another sign"],
)
def test_a_run_is_another_when_its_features_change(linear_only, features):
    assert not set(runs(train())) & set(runs(train(features=catalogue(**features))))


def test_a_run_is_another_when_its_parameters_change(linear_only, monkeypatch):
    before = runs(train())
    changed_model = replace(ESTIMATORS["linear"], parameters={"ridge": 1.0})
    monkeypatch.setattr(training, "ESTIMATORS", {"linear": changed_model})
    assert not set(before) & set(runs(train()))


def test_a_run_card_lists_the_features_in_the_order_of_the_matrix():
    seen = {row["model"]: json.loads(row["features"]) for row in cards_of(trained_book())}
    for model, column in TOLD.items():
        assert seen.pop(model) == [column]
    for ensemble in ENSEMBLES:
        assert seen.pop(ensemble) == [*sorted(FEATURES), *GIVEN]
    assert set(map(tuple, seen.values())) == {tuple(sorted(FEATURES))}


def test_the_number_of_library_threads_does_not_show(linear_only):
    """Large enough for BLAS to share a product between threads, and then to round otherwise."""
    table = pa.concat_tables([book()] * 12)
    extra = np.random.default_rng(3).uniform(0, 1, (30, len(table)))
    for number, values in enumerate(extra):
        table = table.append_column(f"extra_{number}", pa.array(values))
    features = catalogue(**{f"extra_{number}": 0 for number in range(30)})
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            trained = train(table, features=features)
            found.append((trained, score(table, trained)))
    assert found[0] == found[1]


def test_a_missing_feature_is_named():
    with pytest.raises(KeyError, match="colour"):
        train(features=catalogue(age=1, colour=0))
    with pytest.raises(KeyError, match="noise"):
        score(book().drop_columns("noise"), trained_book())


# Scores


def test_every_position_date_and_model_is_scored_once():
    columns = [scored_book()[name].to_pylist() for name in (*KEYS, "model")]
    found = list(zip(*columns, strict=True))
    dates = {month_end(month) for month in TRAINED_ON}
    positions = [row for row in book().select(KEYS).to_pylist() if row["valuation_date"] in dates]
    assert len(found) == len(set(found))
    assert set(found) == {(*row.values(), model) for row in positions for model in MODELS}


def test_every_score_names_the_run_it_was_trained_on():
    run = {(row["origin_date"], row["model"]): row["run_id"] for row in cards_of(trained_book())}
    for month, origin in TRAINED_ON.items():
        for row in scores_at(scored_book(), month):
            assert row["run_id"] == run[month_end(origin), row["model"]]


@pytest.mark.parametrize("month", [6, 8, 9, 11])
def test_a_date_knows_nothing_of_its_future(month):
    """Labels not ripe by the date, and all that is dated later, may be anything."""
    other = changed(book(), OUTCOMES, first=month - HORIZON + 1)
    other = changed(other, NUMBERS, first=month + 1)
    assert scores_at(score(other, train(other)), month) == scores_at(scored_book(), month)


def test_a_date_knows_the_outcomes_that_became_known_on_it():
    """Month 6 is the first out of sample: month 9 learns its errors, month 8 does not yet."""
    scored = score(changed(book(), OUTCOMES, first=6, last=6), trained_book())
    assert scores_at(scored, 8) == scores_at(scored_book(), 8)
    for model in ("linear", "forest"):
        before, after = (scores_at(table, 9, model) for table in (scored_book(), scored))
        assert [row["prediction"] for row in before] == [row["prediction"] for row in after]
        assert [row["upper"] for row in before] != [row["upper"] for row in after]
    before, after = (scores_at(table, 9, "obsolescence_forest") for table in (scored_book(), scored))
    assert [row["prediction"] for row in before] != [row["prediction"] for row in after]


def test_probabilities_are_calibrated_on_raw_ones_not_on_calibrated_ones():
    artefact = {row["model"]: row["artefact"] for row in cards_of(trained_book(), 6)}["obsolescence_forest"]

    def raw_and_label(month):
        rows = book().filter(pc.equal(book()["valuation_date"], month_end(month)))
        matrix = np.column_stack([rows[name].to_numpy() for name in FEATURES]).astype(np.float32)
        return ESTIMATORS["obsolescence_forest"].predict(artefact, matrix), rows["is_obsolete"].to_numpy()

    known = [(month, *raw_and_label(month)) for month in (6, 7)]
    month = np.arange(MONTHS * POSITIONS) // POSITIONS
    soon = book().set_column(book().column_names.index("known_on"), "known_on", days(month + 1))
    scored = score_models(soon, windows(), scoring_dates(horizon=1), trained_book())
    found = [row["prediction"] for row in scores_at(scored, 8, "obsolescence_forest")]
    assert found == calibrate(raw_and_label(8)[0], known).tolist()


def test_loss_rates_lie_between_their_bounds():
    for row in scored_book().to_pylist():
        if row["target"] == "loss_rate":
            assert 0 <= row["lower_95"] <= row["lower"] <= row["prediction"] <= row["upper"] <= row["upper_95"] <= 1
        else:
            assert row["lower"] is row["upper"] is None
        assert row["prediction"] >= 0
        assert row["prediction"] <= 1


def test_an_ensemble_is_the_geometric_mean_of_its_members():
    for month in TRAINED_ON:
        said = {model: [row["prediction"] for row in scores_at(scored_book(), month, model)] for model in MODELS}
        for ensemble, shares in ENSEMBLES.items():
            floored = {member: np.clip(said[member], LEAST_RATE, 1) for member in shares}
            mean = np.prod([floored[member] ** share for member, share in shares.items()], axis=0)
            assert said[ensemble] == pytest.approx(mean.tolist())


def test_loss_rates_are_learned_without_the_calendar_of_scrapping_at_their_own_level():
    """A rate that is nine tenths everywhere teaches the same places and, brought to its level, the same rates."""
    table = book()
    place = table.schema.get_field_index("ordinary_loss_rate")
    whole = table.set_column(place, "ordinary_loss_rate", table["realised_loss_rate"])
    for low, high in zip(
        scores_at(scored_book(), 9, "linear"), scores_at(score(whole, train(whole)), 9, "linear"), strict=True
    ):
        assert low["prediction"] == pytest.approx(high["prediction"], abs=1e-6)


def test_first_intervals_pass_over_training_examples_without_a_label(linear_only):
    gap = pa.array(np.arange(len(book())) % 7 == 0)
    rate = pc.if_else(gap, pa.scalar(None, pa.float64()), book()["realised_loss_rate"])
    place = book().schema.get_field_index("realised_loss_rate")
    table = book().set_column(place, "realised_loss_rate", rate)
    for row in scores_at(score(table, train(table)), 6):
        assert row["lower"] <= row["prediction"] <= row["upper"]


def test_what_is_held_out_was_predicted_without_the_item_until_scores_are_judged():
    cards = {(card["origin_date"], card["model"]): card for card in cards_of(trained_book())}
    first, last = month_end(6), month_end(9)
    assert cards[last, "forest"]["held_out"] is None
    assert cards[first, "obsolescence_forest"]["held_out"] is None
    rates = {name: np.frombuffer(cards[first, name]["held_out"]) for name in ("sell_through", "linear", "forest")}
    assert {len(values) for values in rates.values()} == {cards[first, "linear"]["training_rows"]}
    table = book().sort_by([(key, "ascending") for key in ("valuation_date", *KEYS[:2])])
    even = pc.is_in(table["item_id"], pa.array(sorted(set(table["item_id"].to_pylist()))[::2]))
    other = table
    for name in ("realised_loss_rate", "ordinary_loss_rate"):
        lower = pc.if_else(even, pc.multiply(table[name], 0.5), table[name])
        other = other.set_column(other.schema.get_field_index(name), name, lower)
    card = next(card for card in cards_of(train(other), 6) if card["model"] == "linear")
    moved = np.frombuffer(card["held_out"]) != rates["linear"]
    told = even.to_numpy()[: len(moved)]
    assert moved[~told].mean() > 0.9 and not moved[told].any()


def test_a_fit_learns_from_an_even_sample_of_many_examples(monkeypatch):
    monkeypatch.setattr(training, "_MOST_EXAMPLES", 50)
    trained = train()
    for card in cards_of(trained):
        assert 40 <= card["training_rows"] <= 50
        assert card["held_out"] is None or len(np.frombuffer(card["held_out"])) == card["training_rows"]
    for row in scores_at(score(book(), trained), 6, "linear"):
        assert row["lower"] <= row["prediction"] <= row["upper"]


def refuse(*_):
    raise AssertionError("fitted again")


def test_what_an_earlier_build_fitted_is_taken_over(monkeypatch):
    cards = trained_book()
    for kind in {type(estimator) for estimator in ESTIMATORS.values()}:
        monkeypatch.setattr(kind, "fit", refuse)
    assert train_models(book(), windows(), scoring_dates(), catalogue(), cards).equals(cards)
    with pytest.raises(AssertionError, match="fitted again"):
        train_models(changed(book(), ["age"], last=0), windows(), scoring_dates(), catalogue(), cards)


def test_without_a_date_to_score_nothing_is_learned_and_nothing_scored():
    none = scoring_dates().slice(0, 0)
    cards = train_models(book(), windows(), none, catalogue())
    scored = score_models(book(), windows(), none, cards)
    assert (cards.num_rows, scored.num_rows) == (0, 0)
    assert scored.schema.names == scored_book().schema.names


# Retraining


def rates_of(scored, month, column):
    """What each model of the loss rate says of a month's positions."""
    return {
        model: [row[column] for row in scores_at(scored, month, model)]
        for model in MODELS
        if model != "obsolescence_forest"
    }


def test_retraining_on_the_same_facts_moves_nothing():
    """The second training knows no outcome that the first did not know: its models say the same to the bit."""
    origins = [origin for origin in (6, 9) for _ in range(6 - HORIZON + 1)]
    dates = 2 * list(range(6 - HORIZON + 1))
    same = pa.table({"origin_date": days(origins), "training_date": days(dates)})
    scored = score_models(book(), same, scoring_dates(), train(window=same))
    assert rates_of(scored, 9, "prediction") == rates_of(scored, 9, "earlier_prediction")


def test_what_retraining_moves_is_told_by_the_run_before():
    """The facts of the first month after a retraining are asked of the run of the month before as well."""
    still = dict.fromkeys(TRAINED_ON, 6)
    dates = {"valuation_date": days(still), "trained_on": days(still.values())}
    unchanged = pa.table({**dates, "horizon_months": pa.array([HORIZON] * len(still), pa.int64())})
    by_first_run = score_models(book(), windows(), unchanged, trained_book())
    assert rates_of(scored_book(), 9, "earlier_prediction") == rates_of(by_first_run, 9, "prediction")
    assert rates_of(scored_book(), 9, "prediction")["linear"] != rates_of(by_first_run, 9, "prediction")["linear"]
    for month in (8, 10):
        assert rates_of(scored_book(), month, "earlier_prediction") == rates_of(scored_book(), month, "prediction")


def test_a_stock_that_sells_otherwise_by_the_trees_before_loses_otherwise():
    """The structural rate by the earlier trees takes the place of the present one, in the ensemble too."""
    place = book().schema.get_field_index(EARLIER)
    told = book().set_column(place, EARLIER, pa.array(np.full(len(book()), 0.9)))
    scored = score(told, trained_book())
    earlier, now = (rates_of(scored, 9, column) for column in ("earlier_prediction", "prediction"))
    assert set(np.round(earlier["sell_through"], 6)) == {0.9}
    assert np.mean(earlier["ensemble"]) > np.mean(now["ensemble"])


def test_a_training_out_of_turn_follows_from_a_limit_that_breaks_and_from_nothing_later():
    dates = pa.table(
        {
            "valuation_date": days((6, 7, 8, 9)),
            "trained_on": days((6, 6, 6, 9)),
            "horizon_months": pa.array([HORIZON] * 4, pa.int64()),
        }
    )
    pairs = [(origin, date) for origin in (6, 7, 8, 9) for date in range(origin - HORIZON + 1)]
    window = pa.table(
        {
            name: days(part)
            for name, part in zip(("origin_date", "training_date"), zip(*pairs, strict=True), strict=True)
        }
    )
    shifted = changed(book(), list(SIGNS), first=7)
    shifted = shifted.set_column(
        shifted.schema.get_field_index("age"),
        "age",
        pc.if_else(
            pc.greater_equal(shifted["valuation_date"], month_end(7)), pc.add(shifted["age"], 100.0), shifted["age"]
        ),
    )

    def reasons(examples, limits):
        cards = train_models(examples, window, dates, catalogue(), limits=limits).to_pylist()
        return {card["origin_date"]: card["trained_because"] for card in cards}

    calendar = dict.fromkeys((month_end(6), month_end(9)), "calendar")
    limits = {"feature_drift": (None, 0.25)}
    assert reasons(shifted, None) == calendar
    assert reasons(shifted, {"feature_drift": (None, 1000.0)}) == calendar
    told = reasons(shifted, limits)
    assert set(told) == {month_end(6), month_end(7), month_end(9)}
    assert "feature_drift of age" in told[month_end(7)]
    # What comes after changes nothing of it.
    later = changed(shifted, ["age"], first=8)
    assert reasons(later, limits)[month_end(7)] == told[month_end(7)]
