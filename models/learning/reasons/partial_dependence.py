from inventory_valuation.learning.importance import partial_dependence


def model(dbt, session):
    """The mean loss rate of the latest positions along the features that matter most."""
    (latest,) = dbt.ref("champions").aggregate("max(valuation_date)").fetchone()
    return partial_dependence(
        dbt.ref("int_examples").filter(f"cast(valuation_date as varchar) = '{latest}'").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("champions").to_arrow_table(),
        dbt.ref("int_permutations").to_arrow_table(),
    )
