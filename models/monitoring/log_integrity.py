from inventory_valuation.books.audit import log_integrity


def model(dbt, session):
    """The chain of each log, recomputed from its words."""
    return log_integrity(
        {
            "audit_log": dbt.ref("audit_log").to_arrow_table(),
            "booking_log": dbt.ref("booking_log").to_arrow_table(),
        }
    )
