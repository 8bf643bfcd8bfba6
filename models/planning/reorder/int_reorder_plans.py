from inventory_valuation.planning.plans import reorder_plans


def model(dbt, session):
    """What each policy orders of each position now."""
    return reorder_plans(
        dbt.ref("int_reorder_positions").order("item_id, location_id, valuation_date").to_arrow_table(),
        dbt.ref("int_month_shares").to_arrow_table(),
        dbt.ref("int_demand_weeks").to_arrow_table(),
    )
