from inventory_valuation.learning.explanations import explain


def model(dbt, session):
    """Reasons at the two latest valuation dates."""
    dates = dbt.ref("champions").project("valuation_date").order("valuation_date desc").limit(2).fetchall()
    latest = ", ".join(f"date '{day}'" for (day,) in dates) or "null"
    models = dbt.ref("predictions").project("item_id, location_id, valuation_date, model, trained_on")
    examples = dbt.ref("int_examples").filter(f"valuation_date in ({latest})")
    return explain(
        examples.join(models, "item_id, location_id, valuation_date").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("feature_catalogue").to_arrow_table(),
    )
