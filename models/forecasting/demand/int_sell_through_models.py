from inventory_valuation.forecasting.sell_through import train_sell_through
from inventory_valuation.progress import tell
from inventory_valuation.run_cards import stored_runs


def model(dbt, session):
    """What share of a stock sells, learned at every training origin, or taken over from the last build."""
    return train_sell_through(
        dbt.ref("int_stock_looks").project("*, flash_date is not null as is_flash").to_arrow_table(),
        dbt.ref("int_position_months")
        .filter("demand_quantity <> 0")
        .select("item_id, location_id, flash_date is not null as is_flash, month_number, demand_quantity")
        .to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        stored_runs(session, str(dbt.this)),
        progress=tell,
    )
