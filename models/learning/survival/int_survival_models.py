from inventory_valuation.progress import tell
from inventory_valuation.survival import columns_of_durations, train_survival
from inventory_valuation.training import stored_runs


def model(dbt, session):
    """A survival model per event at every training origin, the stock that still lasts censored there."""
    catalogue = dbt.ref("feature_catalogue").filter("is_learned").to_arrow_table()
    return train_survival(
        dbt.ref("int_survival_examples").project(columns_of_durations(catalogue)).to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        catalogue,
        stored_runs(session, str(dbt.this)),
        progress=tell,
    )
