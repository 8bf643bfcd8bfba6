"""The audit trail: whatever is done to an entry shows at that entry and in every hash after it."""

import datetime
from operator import ne

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inventory_valuation.books.audit import chain_entries, first_broken_link, log_integrity, new_entries

ENTRIES = pa.schema([("entry_number", pa.int64()), ("actor", pa.string()), ("words", pa.string())])
NOON = datetime.datetime(2024, 1, 31, 12)
texts = st.one_of(st.none(), st.sampled_from(["", "a", "|", "a|b", '"', '", "', "None", "null"]), st.text())
trails = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)
random_trails = settings(deadline=None, max_examples=100)


def entries(words, first=1):
    rows = [dict(zip(ENTRIES.names, (n, *row), strict=True)) for n, row in enumerate(words, first)]
    return pa.Table.from_pylist(rows, ENTRIES)


def hashes(words):
    return chain_entries(entries(words))["entry_hash"].to_pylist()


def all_differ(some, others):
    return all(map(ne, some, others))


def tampered(chained, rows):
    return pa.Table.from_pylist(rows, chained.schema)


@random_trails
@given(trails, st.randoms(use_true_random=False))
def test_same_entries_same_hashes_in_whatever_order_they_come(words, random):
    table = entries(words)
    rows = random.sample(range(len(words)), len(words))
    assert chain_entries(table.take(rows)) == chain_entries(table)


@random_trails
@given(trails)
def test_every_entry_names_the_hash_of_the_one_before(words):
    chained = chain_entries(entries(words))
    assert chained.drop_columns(["previous_hash", "entry_hash"]) == entries(words)
    found = chained["entry_hash"].to_pylist()
    assert chained["previous_hash"].to_pylist() == ["0" * 64, *found[:-1]]
    assert len(set(found)) == len(found)


@random_trails
@given(trails, trails)
def test_a_longer_trail_continues_the_chain(words, more):
    assert hashes(words + more)[: len(words)] == hashes(words)


@random_trails
@given(trails, st.data())
def test_a_changed_word_changes_its_hash_and_every_later_one(words, data):
    place = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.tuples(texts, texts).filter(lambda row: row != words[place]))
    before, after = hashes(words), hashes([*words[:place], other, *words[place + 1 :]])
    assert after[:place] == before[:place]
    assert all_differ(after[place:], before[place:])


@random_trails
@given(trails, st.tuples(texts, texts), st.data())
def test_an_inserted_or_dropped_entry_changes_the_hash_of_every_later_one(words, other, data):
    assume(other not in words)
    place = data.draw(st.integers(0, len(words) - 1))
    without, with_it = hashes(words), hashes([*words[:place], other, *words[place:]])
    assert with_it[:place] == without[:place]
    assert not set(with_it[place + 1 :]) & set(without)


@random_trails
@given(trails, st.data())
def test_two_entries_exchanged_change_every_hash_from_the_first(words, data):
    one, two = sorted(data.draw(st.tuples(*[st.integers(0, len(words) - 1)] * 2)))
    assume(words[one] != words[two])
    exchanged = list(words)
    exchanged[one], exchanged[two] = words[two], words[one]
    before, after = hashes(words), hashes(exchanged)
    assert after[:one] == before[:one]
    assert all_differ(after[one:], before[one:])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a|b", "c"), ("a", "b|c")),
        (('a", "b', "c"), ("a", 'b", "c')),
        (("", "a"), ("a", "")),
        ((None, "a"), ("None", "a")),
        ((None, "a"), ("null", "a")),
        ((None, "a"), ("", "a")),
        (("é", "a"), ("e\u0301", "a")),
        (("é", "a"), ("\\u00e9", "a")),
    ],
)
def test_words_that_only_look_alike_have_different_hashes(one, other):
    assert hashes([one]) != hashes([other])


def test_the_time_of_an_entry_is_part_of_its_words():
    def at(moment):
        return chain_entries(pa.table({"entry_number": [1], "happened_at": [moment]}))["entry_hash"]

    assert at(NOON) == at(NOON)
    assert at(NOON) != at(NOON + datetime.timedelta(microseconds=1))


def test_no_entries_no_hashes():
    chained = chain_entries(entries([]))
    assert chained.num_rows == 0
    assert chained.column_names == [*ENTRIES.names, "previous_hash", "entry_hash"]
    assert first_broken_link(chained) is None


# A chain that was written down, and what was done to it since


@random_trails
@given(trails, st.randoms(use_true_random=False))
def test_an_untouched_chain_holds(words, random):
    chained = chain_entries(entries(words))
    assert first_broken_link(chained.take(random.sample(range(len(words)), len(words)))) is None


@random_trails
@given(trails, st.data())
def test_the_chain_breaks_where_a_word_was_changed(words, data):
    rows = (chained := chain_entries(entries(words))).to_pylist()
    place = data.draw(st.integers(0, len(words) - 1))
    column = data.draw(st.sampled_from(["actor", "words", "previous_hash", "entry_hash"]))
    rows[place][column] = data.draw(texts.filter(lambda text: text != rows[place][column]))
    assert first_broken_link(tampered(chained, rows)) == place + 1


@random_trails
@given(trails, st.data())
def test_the_chain_breaks_after_a_dropped_entry(words, data):
    assume(len(words) > 1)
    rows = (chained := chain_entries(entries(words))).to_pylist()
    place = data.draw(st.integers(0, len(words) - 2))
    del rows[place]
    assert first_broken_link(tampered(chained, rows)) == place + 2


@random_trails
@given(trails, st.tuples(texts, texts), st.data())
def test_the_chain_breaks_after_an_entry_slipped_in_with_a_hash_that_follows(words, other, data):
    """Whoever inserts an entry can compute its hash, but not have the next one follow from it."""
    place = data.draw(st.integers(0, len(words) - 1))
    rows = (chained := chain_entries(entries(words, first=101))).to_pylist()
    forged = chain_entries(entries([*words[:place], other], 101)).to_pylist()[-1]
    for row in rows[place:]:
        row["entry_number"] += 1
    found = first_broken_link(tampered(chained, [*rows[:place], forged, *rows[place:]]))
    assert found == 101 + place + 1


def test_the_chain_breaks_where_two_entries_changed_places():
    rows = (chained := chain_entries(entries([("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]))).to_pylist()
    rows[1]["entry_number"], rows[2]["entry_number"] = 3, 2
    assert first_broken_link(tampered(chained, rows)) == 2


def test_the_chain_breaks_where_a_forger_stopped():
    """An entry rewritten with its own hash made to fit still breaks the entry after it."""
    words = [("a", "1"), ("b", "2"), ("c", "3")]
    rows = (chained := chain_entries(entries(words))).to_pylist()
    rows[1] = chain_entries(entries([words[0], ("b", "200")])).to_pylist()[-1]
    assert first_broken_link(tampered(chained, rows)) == 3


# A log that is written build after build

EVENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("source_name", "event", "subject_id")),
        ("happened_at", pa.timestamp("us")),
        *((name, pa.string()) for name in ("actor", "words", "beside")),
    ]
)
builds = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"])), max_size=6)


def events(told, beside=""):
    rows = [("s", "approval", subject, NOON, "m", words, beside) for subject, words in told.items()]
    return pa.Table.from_pylist([dict(zip(EVENTS.names, row, strict=True)) for row in rows], EVENTS)


def written(states):
    log = None
    for state in states:
        fresh = new_entries(log, events(state))
        log = fresh if log is None else pa.concat_tables([log, fresh])
    return log


@random_trails
@given(builds.filter(bool))
def test_an_entry_is_made_of_each_change_and_of_nothing_else(states):
    expected, last = [], {}
    for state in states:
        expected += [(subject, state[subject]) for subject in sorted(state) if last.get(subject) != state[subject]]
        last |= state
    log = written(states)
    assert list(zip(log["subject_id"].to_pylist(), log["words"].to_pylist(), strict=True)) == expected
    assert log["entry_number"].to_pylist() == list(range(1, len(expected) + 1))
    assert first_broken_link(log) is None


def test_what_is_told_beside_makes_no_entry():
    log = new_entries(None, events({"a": "1"}, beside="x"))
    assert new_entries(log, events({"a": "1"}, beside="y")).num_rows == 0
    assert log["beside"].to_pylist() == ["x"]


def test_the_build_that_wrote_an_entry_is_no_part_of_its_words():
    def by(build):
        return events({"a": "1"}).append_column("written_by_build", pa.array([build], pa.string()))

    log = new_entries(None, by("x"))
    assert log["written_by_build"].to_pylist() == ["x"]
    assert (
        log["entry_hash"]
        == new_entries(None, by("y"))["entry_hash"]
        == new_entries(None, events({"a": "1"}))["entry_hash"]
    )
    assert first_broken_link(log) is None


def test_the_integrity_of_a_log_names_the_last_hash_the_first_broken_entry_and_what_was_cut_off():
    log = written([{"a": "1", "b": "1"}, {"a": "2"}])
    edited = tampered(log, [row | {"actor": "x"} if row["entry_number"] == 2 else row for row in log.to_pylist()])
    _, second, last = log["entry_hash"].to_pylist()
    found = [
        tuple(log_integrity(one, [second, last]).to_pylist()[0].values())
        for one in (log, edited, log.slice(0, 2), log.slice(0, 0))
    ]
    assert found == [(3, last, None, 0), (3, last, 2, 0), (2, second, None, 1), (0, None, None, 2)]
