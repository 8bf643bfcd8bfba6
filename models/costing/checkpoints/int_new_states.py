from inventory_valuation.costing.costs import Checkpoint, costing_states


def model(dbt, session):
    return costing_states(
        dbt.ref("int_movements_to_cost").to_arrow_table(),
        dbt.ref("int_state_dates").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
        Checkpoint(dbt.ref("int_continued_states").to_arrow_table(), dbt.ref("int_earlier_movements").to_arrow_table()),
    )
