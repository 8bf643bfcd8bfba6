from inventory_valuation.progress import tell
from inventory_valuation.survival import columns_of_durations, score_survival


def model(dbt, session):
    """The median months to each event at every scoring date."""
    catalogue = dbt.ref("feature_catalogue").filter("is_learned").to_arrow_table()
    return score_survival(
        dbt.ref("int_survival_examples").project(columns_of_durations(catalogue)).to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        dbt.ref("int_survival_models").to_arrow_table(),
        progress=tell,
    )
