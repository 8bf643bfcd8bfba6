from inventory_valuation.sources.categories import classify_items


def model(dbt, session):
    """Categories for the items whose master row has none."""
    items = dbt.ref("base_items").filter("row_status = 'used'")
    return classify_items(items.project("item_id, description, category").to_arrow_table())
