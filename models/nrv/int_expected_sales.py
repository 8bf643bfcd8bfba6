from inventory_valuation.forecasting.distributions import units_expected_to_sell


def model(dbt, session):
    """The units of every lot that demand is expected to take, and that it takes at its stressed level."""
    return units_expected_to_sell(dbt.ref("int_units_in_order").to_arrow_table())
