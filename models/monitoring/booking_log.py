from inventory_valuation.books.audit import new_entries


def model(dbt, session):
    """What was booked, or booked otherwise, since the log was last written, chained to its last entry."""
    log = session.sql(f"select * from {dbt.this}").to_arrow_table() if dbt.is_incremental else None
    return new_entries(log, dbt.ref("int_booking_events").to_arrow_table())
