from inventory_valuation.costing import LEDGER_COLUMNS, cost_movements


def model(dbt, session):
    movements = dbt.ref("movements").project(", ".join(LEDGER_COLUMNS)).order("movement_number")
    standard_costs = dbt.ref("items").project("item_id, standard_cost")
    return cost_movements(movements.to_arrow_table(), standard_costs.to_arrow_table())
