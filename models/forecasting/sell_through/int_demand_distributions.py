from inventory_valuation.forecasting.distributions import demand_distributions


def model(dbt, session):
    """Mean and variation of each position's demand over the horizon."""
    return demand_distributions(dbt.ref("int_demand_targets").to_arrow_table())
