from inventory_valuation.books.audit import log_integrity


def model(dbt, session):
    """The chain of the log, recomputed from its words, and what closed periods keep of it."""
    kept = dbt.source("sealed", "closings").project("log_entry_hash").distinct()
    return log_integrity(dbt.ref("audit_log").to_arrow_table(), kept.to_arrow_table()["log_entry_hash"].to_pylist())
