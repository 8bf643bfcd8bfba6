from inventory_valuation.costing.costs import LEDGER_COLUMNS, costs_side_by_side


def model(dbt, session):
    """What the movements of items that have a late document cost, each at its cost pool, in the order of events."""
    columns = ", ".join(LEDGER_COLUMNS).replace("location_id", "pool_location_id as location_id")
    movements = dbt.ref("int_restated_movements").filter("not is_within_pool").project(columns)
    return costs_side_by_side(
        movements.to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
    )
