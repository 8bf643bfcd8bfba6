from inventory_valuation.outcomes.cohorts import MOVEMENT_COLUMNS, follow_cohorts


def model(dbt, session):
    """The fate of the stock of each valuation date over the month that follows, and over the horizon."""
    return follow_cohorts(
        dbt.ref("movements").project(", ".join(MOVEMENT_COLUMNS)).to_arrow_table(),
        dbt.ref("cost_layers").to_arrow_table(),
        dbt.ref("int_outcome_windows").to_arrow_table(),
        dbt.ref("items").to_arrow_table(),
    )
