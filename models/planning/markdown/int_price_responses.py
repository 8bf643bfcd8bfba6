from inventory_valuation.planning.price_responses import price_responses


def model(dbt, session):
    """How the demand for each item answers a change of its price."""
    return price_responses(dbt.ref("int_item_weeks").to_arrow_table(), dbt.ref("items").to_arrow_table())
