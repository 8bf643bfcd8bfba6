import pyarrow as pa

from inventory_valuation.sources.categories import classify_items


def company(unknown):
    known = [(f"M{n}", f"wireless mouse {n} dpi", "mice") for n in range(30)]
    known += [(f"K{n}", f"mechanical keyboard {n} keys", "keyboards") for n in range(30)]
    rows = known + [(f"U{n}", text, None) for n, text in enumerate(unknown)]
    names = ("item_id", "description", "category")
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


def test_an_item_takes_the_category_of_similar_descriptions():
    result = classify_items(company(["ergonomic mouse", "keyboard, 88 keys"])).to_pydict()
    assert result["category"] == ["mice", "keyboards"]
    assert all(0.5 < share <= 1 for share in result["confidence"])


def test_items_that_have_a_category_are_left_alone():
    assert classify_items(company([])).num_rows == 0


def test_nothing_is_learnt_from_a_handful():
    few = company(["ergonomic mouse"]).slice(45)
    assert classify_items(few).num_rows == 0


def test_the_order_of_rows_does_not_matter():
    table = company(["ergonomic mouse", "keyboard, 88 keys"])
    backwards = table.take(list(range(table.num_rows))[::-1])
    assert classify_items(table).equals(classify_items(backwards))
