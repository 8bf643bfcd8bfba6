from inventory_valuation.costing import LEDGER_COLUMNS, open_layers


def model(dbt, session):
    movements = dbt.ref("movements").project(", ".join(LEDGER_COLUMNS))
    valuation_dates = dbt.ref("valuation_dates").project("valuation_date")
    standard_costs = dbt.ref("items").project("item_id, standard_cost")
    return open_layers(
        movements.to_arrow_table(),
        valuation_dates.to_arrow_table(),
        standard_costs.to_arrow_table(),
    )
