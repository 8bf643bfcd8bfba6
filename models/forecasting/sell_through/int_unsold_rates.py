from inventory_valuation.forecasting.distributions import sell_through_curves


def model(dbt, session):
    """The share of each stock that is still unsold after each month ahead."""
    return sell_through_curves(dbt.ref("int_curve_months").to_arrow_table())
