from inventory_valuation.explanations import explain


def model(dbt, session):
    """Reasons at the two latest valuation dates."""
    champions = dbt.ref("champions").order("valuation_date desc").limit(2)
    latest = ", ".join(f"date '{day}'" for (day,) in champions.project("valuation_date").fetchall())
    return explain(
        dbt.ref("int_examples").filter(f"valuation_date in ({latest or 'null'})").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        champions.to_arrow_table(),
        dbt.ref("feature_catalogue").to_arrow_table(),
    )
