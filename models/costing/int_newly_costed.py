from inventory_valuation.costing.costs import Checkpoint, costs_side_by_side


def model(dbt, session):
    return costs_side_by_side(
        dbt.ref("int_pooled_movements").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
        Checkpoint(dbt.ref("int_continued_states").to_arrow_table(), dbt.ref("int_earlier_movements").to_arrow_table()),
    )
