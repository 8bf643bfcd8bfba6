from inventory_valuation.planning.markdowns import markdown_options


def model(dbt, session):
    """What each way to treat a position brings."""
    positions = dbt.ref("int_stock_positions").filter("free_quantity > 0")
    return markdown_options(
        positions.join(dbt.ref("int_price_responses"), "item_id").to_arrow_table(),
        dbt.ref("int_stock_months").to_arrow_table(),
    )
