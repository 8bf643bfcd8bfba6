from inventory_valuation.learning.drift import feature_drift


def model(dbt, session):
    """Drift of the features that models learn from, at the newest date, since the training that scored it."""
    learned = dbt.ref("feature_catalogue").filter("is_learned").project("feature").fetchall()
    columns = ", ".join(["item_id", "location_id", "valuation_date", *sorted(name for (name,) in learned)])
    newest = dbt.ref("scoring_dates").project("valuation_date as scored_date, trained_on").order("1 desc").limit(1)
    windows = newest.join(dbt.ref("training_windows"), "trained_on = origin_date")
    windows = windows.project("scored_date as origin_date, training_date")
    dates = windows.project("origin_date as compared_date").union(windows.project("training_date")).distinct()
    features = dbt.ref("position_features").project(columns).join(dates, "valuation_date = compared_date")
    features = features.project(columns).order("valuation_date, item_id, location_id")
    return feature_drift(features.to_arrow_table(), windows.order("training_date").to_arrow_table())
