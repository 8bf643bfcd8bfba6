from inventory_valuation.outcomes.cohorts import follow_cohorts


def model(dbt, session):
    """Where transfers carried the stock of each valuation date in the month that follows."""
    _, transfers = follow_cohorts(
        dbt.ref("movements").to_arrow_table(),
        dbt.ref("cost_layers").to_arrow_table(),
        dbt.ref("int_month_windows").to_arrow_table(),
        dbt.ref("items").to_arrow_table(),
    )
    return transfers
