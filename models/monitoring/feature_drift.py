from inventory_valuation.learning.drift import feature_drift


def model(dbt, session):
    """Drift of the features that models learn from."""
    learned = dbt.ref("feature_catalogue").filter("is_learned").project("feature").fetchall()
    columns = ", ".join(["item_id", "location_id", "valuation_date", *sorted(name for (name,) in learned)])
    features = dbt.ref("position_features").project(columns).order("valuation_date, item_id, location_id")
    windows = dbt.ref("training_windows").order("origin_date, training_date")
    return feature_drift(features.to_arrow_table(), windows.to_arrow_table())
