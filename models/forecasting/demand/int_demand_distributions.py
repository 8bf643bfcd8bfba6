from inventory_valuation.forecasting.distributions import demand_distributions
from inventory_valuation.forecasting.sell_through import expected_sell_through


def model(dbt, session):
    """Mean and variation of each position's demand over the horizon."""
    return demand_distributions(
        expected_sell_through(
            dbt.ref("int_stock_looks").project("*, flash_date is not null as is_flash").to_arrow_table(),
            dbt.ref("int_position_months")
            .filter("demand_quantity <> 0")
            .select("item_id, location_id, flash_date is not null as is_flash, month_number, demand_quantity")
            .to_arrow_table(),
            dbt.ref("scoring_dates").to_arrow_table(),
            dbt.ref("int_sell_through_models").to_arrow_table(),
        )
    )
