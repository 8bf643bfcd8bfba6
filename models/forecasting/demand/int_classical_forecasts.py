from inventory_valuation.forecasting.classical import classical_forecasts


def model(dbt, session):
    """What classical methods would have forecast at every month end."""
    return classical_forecasts(
        dbt.ref("int_position_months")
        .select(
            "item_id, location_id, flash_date is not null as is_flash, valuation_date, month_number,"
            " greatest(demand_quantity, 0) as demand_quantity"
        )
        .to_arrow_table()
    )
