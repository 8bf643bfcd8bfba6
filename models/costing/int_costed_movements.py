from inventory_valuation.costing import LEDGER_COLUMNS, costs_side_by_side


def model(dbt, session):
    movements = dbt.ref("movements").project(", ".join(LEDGER_COLUMNS))
    standard_costs = dbt.ref("items").project("item_id, standard_cost")
    return costs_side_by_side(movements.to_arrow_table(), standard_costs.to_arrow_table())
