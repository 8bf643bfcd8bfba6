from inventory_valuation.books.rollforward import roll_forward


def model(dbt, session):
    """The reserve of every position, rolled on from the last closed period under both frameworks."""
    recovery_years = dbt.ref("fiscal_periods").filter("allows_interim_recoveries").project("period_end, fiscal_year")
    flows = dbt.ref("cohort_fates").filter("months = 1")
    return roll_forward(
        dbt.ref("int_decisions_to_book").filter("is_open").to_arrow_table(),
        flows.filter("to_location_id is null").to_arrow_table(),
        flows.filter("to_location_id is not null").to_arrow_table(),
        dbt.ref("int_openings").to_arrow_table(),
        recovery_years=recovery_years.to_arrow_table(),
    )
