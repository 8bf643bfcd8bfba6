from inventory_valuation.costing.costs import LEDGER_COLUMNS, costs_and_layers


def model(dbt, session):
    """What every movement cost, and the layers left at every valuation date, from one pass over the ledger."""
    return costs_and_layers(
        dbt.ref("movements").project(", ".join(LEDGER_COLUMNS)).to_arrow_table(),
        dbt.ref("int_pooled_movements").to_arrow_table(),
        dbt.ref("valuation_dates").project("valuation_date").to_arrow_table(),
        dbt.ref("items").project("item_id, standard_cost").to_arrow_table(),
    )
