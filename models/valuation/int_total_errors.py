from inventory_valuation.learning.totals import total_ranges


def model(dbt, session):
    """How far each total may be off, from how far earlier ones were."""
    return total_ranges(dbt.ref("int_reserve_totals").to_arrow_table())
