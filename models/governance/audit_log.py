from inventory_valuation.books.audit import new_entries


def model(dbt, session):
    """What has happened or changed since the log was last written, chained to its last entry."""
    log = session.sql(f"select * from {dbt.this}").to_arrow_table() if dbt.is_incremental else None
    return new_entries(log, dbt.ref("int_audit_events").to_arrow_table())
