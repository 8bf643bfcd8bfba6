from inventory_valuation.forecasting.price_paths import price_curves


def model(dbt, session):
    """What to expect of the net prices of each category and age, at every month end."""
    return price_curves(
        dbt.ref("int_price_moves").to_arrow_table(),
        dbt.ref("items").project("category").distinct().to_arrow_table(),
        dbt.ref("valuation_dates")
        .filter("flash_date is null")
        .project("valuation_date, month_number, horizon_months")
        .to_arrow_table(),
    )
