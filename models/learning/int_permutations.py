from inventory_valuation.importance import permutation_importance


def model(dbt, session):
    """What the champion's error gains when a family, a feed or a feature is dealt out anew, date by date."""
    return permutation_importance(
        dbt.ref("int_examples").to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("champions").to_arrow_table(),
        dbt.ref("feature_catalogue").to_arrow_table(),
    )
