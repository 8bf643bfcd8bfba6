from inventory_valuation.progress import tell
from inventory_valuation.survival import score_survival


def model(dbt, session):
    """The median months to each event at every scoring date."""
    return score_survival(
        dbt.ref("int_survival_examples").to_arrow_table(),
        dbt.ref("scoring_dates").to_arrow_table(),
        dbt.ref("int_survival_models").to_arrow_table(),
        progress=tell,
    )
