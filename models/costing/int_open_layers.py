from inventory_valuation.costing.costs import Checkpoint, open_layers


def model(dbt, session):
    states = dbt.ref("int_continued_states").filter("costing_method = 'fifo'")
    return open_layers(
        dbt.ref("int_movements_to_cost").to_arrow_table(),
        dbt.ref("valuation_dates").project("valuation_date").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
        Checkpoint(states.to_arrow_table(), dbt.ref("int_earlier_movements").to_arrow_table()),
    )
