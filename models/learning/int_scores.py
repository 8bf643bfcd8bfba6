from inventory_valuation.progress import tell
from inventory_valuation.training import score_models


def model(dbt, session):
    """What every model says at every scoring date."""
    return score_models(
        dbt.ref("int_examples").to_arrow_table(),
        dbt.ref("training_windows").to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        horizon_months=dbt.config.meta_get("horizon_months"),
        progress=tell,
    )
