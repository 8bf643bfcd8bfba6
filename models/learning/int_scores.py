from inventory_valuation.learning.training import columns_of_examples, score_models
from inventory_valuation.progress import tell


def model(dbt, session):
    """What every model says at every scoring date."""
    catalogue = dbt.ref("feature_catalogue").filter("is_learned").to_arrow_table()
    return score_models(
        dbt.ref("int_examples").project(columns_of_examples(catalogue)).to_arrow_table(),
        dbt.ref("training_windows").to_arrow_table(),
        dbt.ref("int_serving_dates").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        progress=tell,
    )
