from inventory_valuation.audit import chain_entries


def model(dbt, session):
    """The audit trail, each entry chained to the one before."""
    return chain_entries(dbt.ref("int_audit_entries").to_arrow_table())
