from inventory_valuation.costing import Checkpoint, costing_states


def model(dbt, session):
    """Of the last two month ends, so that a month that is built again can start from the one before it."""
    state_dates = dbt.ref("valuation_dates").order("valuation_date desc").limit(2)
    return costing_states(
        dbt.ref("int_movements_to_cost").to_arrow_table(),
        state_dates.project("valuation_date as state_date").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
        Checkpoint(dbt.ref("int_continued_states").to_arrow_table(), dbt.ref("int_earlier_movements").to_arrow_table()),
    )
