from inventory_valuation.books.rollforward import roll_forward


def model(dbt, session):
    """The reserve of every position as it would stand had everything been known that is known now."""
    recovery_years = dbt.ref("fiscal_periods").filter("allows_interim_recoveries").project("period_end, fiscal_year")
    decisions = dbt.ref("int_decisions_to_book").project(
        "item_id, location_id, period_end, cost_value, restated_amount as decided_amount"
    )
    flows = dbt.ref("cohort_fates").filter("months = 1")
    return roll_forward(
        decisions.to_arrow_table(),
        flows.filter("to_location_id is null").to_arrow_table(),
        flows.filter("to_location_id is not null").to_arrow_table(),
        dbt.ref("int_first_openings").to_arrow_table(),
        recovery_years=recovery_years.to_arrow_table(),
    )
