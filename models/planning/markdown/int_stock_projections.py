from inventory_valuation.planning.projections import stock_projections


def model(dbt, session):
    """Units of every position in stock at the end of each month ahead."""
    months = dbt.ref("int_projection_months").order("item_id, location_id, month_ahead")
    return stock_projections(months.to_arrow_table())
