from inventory_valuation.sources.categories import classify_items


def model(dbt, session):
    """Categories for the items whose master row has none."""
    items = dbt.ref("int_used_items").project("item_id, description, category")
    return classify_items(items.to_arrow_table())
