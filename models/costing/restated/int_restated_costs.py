from inventory_valuation.costing.costs import costs_side_by_side


def model(dbt, session):
    """What the movements of items that have a late document cost, each at its cost pool, in the order of events."""
    movements = dbt.ref("int_restated_movements").filter("not is_within_pool")
    return costs_side_by_side(
        movements.project("* exclude (location_id), pool_location_id as location_id").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
    )
