from inventory_valuation.books.rollforward import roll_accruals


def model(dbt, session):
    """The accrued loss on purchase commitments of every position, rolled on from the last closed period."""
    return roll_accruals(
        dbt.ref("int_commitments_to_book").to_arrow_table(), dbt.ref("int_commitment_openings").to_arrow_table()
    )
