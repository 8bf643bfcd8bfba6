from inventory_valuation.learning.explanations import importances


def model(dbt, session):
    """What each feature earned in each boosted model."""
    return importances(dbt.ref("int_trained_models").to_arrow_table())
