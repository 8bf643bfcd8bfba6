from inventory_valuation.learning.importance import importances


def model(dbt, session):
    """What each feature earned in the trees of the newest training."""
    runs = dbt.ref("int_trained_models").project("*, max(origin_date) over () as newest_date")
    return importances(runs.filter("origin_date = newest_date").to_arrow_table())
