from inventory_valuation.forecasting.distributions import sell_through_curves


def model(dbt, session):
    """The share of each stock that stays unsold if an assumption were another."""
    return sell_through_curves(dbt.ref("int_scenario_demands").to_arrow_table())
