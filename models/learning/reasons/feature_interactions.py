from inventory_valuation.learning.importance import feature_interactions


def model(dbt, session):
    """How far features act together: the strongest with each other, and the pairs of the seed."""
    (latest,) = dbt.ref("champions").aggregate("max(valuation_date)").fetchone()
    return feature_interactions(
        dbt.ref("int_examples").filter(f"cast(valuation_date as varchar) = '{latest}'").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("champions").to_arrow_table(),
        dbt.ref("int_permutations").to_arrow_table(),
        dbt.ref("interaction_pairs").to_arrow_table(),
    )
