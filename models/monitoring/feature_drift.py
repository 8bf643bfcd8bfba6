from inventory_valuation.learning.drift import feature_drift
from inventory_valuation.learning.importance import importances


def model(dbt, session):
    """Drift of the features that models learn from, at every scored month end, since the training that scored it."""
    learned = dbt.ref("feature_catalogue").filter("is_learned").project("feature").fetchall()
    columns = ", ".join(["item_id", "location_id", "valuation_date", *sorted(name for (name,) in learned)])
    month_ends = dbt.ref("valuation_dates").filter("flash_date is null").project("last_month_end")
    scored = dbt.ref("champions").join(month_ends, "valuation_date = last_month_end")
    windows = scored.project("valuation_date, trained_on")
    windows = windows.join(dbt.ref("training_windows"), "trained_on = origin_date")
    windows = windows.project("valuation_date, trained_on, training_date").order("1, 3")
    return feature_drift(
        dbt.ref("position_features").project(columns).order("valuation_date, item_id, location_id").to_arrow_table(),
        windows.to_arrow_table(),
        importances(dbt.ref("int_trained_models").to_arrow_table()),
    )
