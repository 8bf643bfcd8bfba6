from inventory_valuation.planning.replays import judged


def model(dbt, session):
    """What each policy would have cost over the second half of the past."""
    return judged(
        dbt.ref("int_reorder_positions").order("item_id, location_id, valuation_date").to_arrow_table(),
        dbt.ref("int_month_shares").to_arrow_table(),
        dbt.ref("int_demand_weeks").to_arrow_table(),
    )
