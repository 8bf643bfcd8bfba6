from inventory_valuation.planning.moves import purchase_excess


def model(dbt, session):
    """How many units of every open or usual order had better not be bought."""
    return purchase_excess(dbt.ref("int_purchase_lots").to_arrow_table())
