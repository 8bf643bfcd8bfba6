from inventory_valuation.planning.moves import transfers


def model(dbt, session):
    """The best move of every item between two of its locations."""
    return transfers(dbt.ref("int_transfer_positions").to_arrow_table())
