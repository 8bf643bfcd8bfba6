from inventory_valuation.books import roll_forward


def model(dbt, session):
    """The reserve of every position, rolled forward under both frameworks."""
    return roll_forward(
        dbt.ref("int_decisions_to_book").to_arrow_table(),
        dbt.ref("cohort_flows").to_arrow_table(),
        dbt.ref("cohort_transfers").to_arrow_table(),
    )
