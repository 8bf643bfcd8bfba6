from inventory_valuation.drift import feature_drift


def model(dbt, session):
    features = dbt.ref("position_features").order("valuation_date, item_id, location_id")
    windows = dbt.ref("training_windows").order("origin_date, training_date")
    return feature_drift(features.to_arrow_table(), windows.to_arrow_table())
