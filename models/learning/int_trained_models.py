from inventory_valuation.learning.retraining import limits_of
from inventory_valuation.learning.training import columns_of_examples, train_models
from inventory_valuation.progress import tell
from inventory_valuation.run_cards import stored_runs


def model(dbt, session):
    """Every model at every training origin, fitted on what the embargo leaves or taken over from the last build."""
    catalogue = dbt.ref("feature_catalogue").filter("is_learned").to_arrow_table()
    return train_models(
        dbt.ref("int_examples").project(columns_of_examples(catalogue)).to_arrow_table(),
        dbt.ref("training_windows").to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        catalogue,
        stored_runs(session, str(dbt.this)),
        progress=tell,
        limits=limits_of(dbt.ref("monitoring_thresholds").to_arrow_table()),
    )
