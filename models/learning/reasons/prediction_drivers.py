from inventory_valuation.learning.explanations import explain
from inventory_valuation.learning.training import columns_of_examples


def model(dbt, session):
    """Reasons at every valuation date."""
    models = dbt.ref("predictions").project("item_id, location_id, valuation_date, model, trained_on")
    learned = dbt.ref("feature_catalogue").filter("is_learned").to_arrow_table()
    examples = dbt.ref("int_examples").project(columns_of_examples(learned))
    return explain(
        examples.join(models, "item_id, location_id, valuation_date").to_arrow_table(),
        dbt.ref("int_trained_models").to_arrow_table(),
        dbt.ref("feature_catalogue").to_arrow_table(),
    )
