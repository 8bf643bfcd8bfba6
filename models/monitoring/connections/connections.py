from inventory_valuation.monitoring.connections import connections


def model(dbt, session):
    """What moves with what beyond chance, of the feeds that the company delivers."""
    return connections(
        dbt.ref("int_defects_and_returns").order("supplier_id, month_number").to_arrow_table(),
        dbt.ref("int_weather_and_sales").order("week_number, subcategory").to_arrow_table(),
        dbt.ref("int_signals_and_sales").order("signal, item_id, blocks_ago").to_arrow_table(),
    )
