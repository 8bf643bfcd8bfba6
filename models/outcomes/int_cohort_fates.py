from inventory_valuation.outcomes.cohorts import follow_cohorts


def model(dbt, session):
    """The fate of the stock of each valuation date over the horizon."""
    fates, _ = follow_cohorts(
        dbt.ref("movements").to_arrow_table(),
        dbt.ref("cost_layers").to_arrow_table(),
        dbt.ref("valuation_dates").filter("has_outcome").to_arrow_table(),
        dbt.ref("items").to_arrow_table(),
    )
    return fates
