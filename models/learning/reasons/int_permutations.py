from inventory_valuation.learning.importance import permutation_importance


def model(dbt, session):
    """What the champion's error gains when a subject is dealt out anew, at the six latest dates with an outcome."""
    dates = dbt.ref("scoring_dates").filter("has_outcome").order("valuation_date desc").limit(6)
    held_out = ", ".join(f"date '{day}'" for (day,) in dates.project("valuation_date").fetchall())
    return permutation_importance(
        dbt.ref("int_examples").filter(f"valuation_date in ({held_out or 'null'})").to_arrow_table(),
        dates.to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("champions").to_arrow_table(),
        dbt.ref("feature_catalogue").to_arrow_table(),
    )
