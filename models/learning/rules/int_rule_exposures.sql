-- The ageing rules look at layers, so that a position may stand in several buckets; the other rules
-- look at the whole position.
with age_buckets as (
    select * from {{ ref('inventory_age_buckets') }}
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

rule_measures as (
    select * from {{ ref('int_rule_measures') }}
),

rule_buckets as (
    select * from {{ ref('rule_buckets') }}
),

layers_by_age as (
    select
        item_id,
        location_id,
        valuation_date,
        'calibrated_ageing' as rule,
        cast(0 as bigint) as window_months,
        bucket,
        cost_value as bucket_value
    from age_buckets
),

positions_by_measure as (
    select
        rule_measures.item_id,
        rule_measures.location_id,
        rule_measures.valuation_date,
        rule_measures.rule,
        rule_measures.window_months,
        rule_buckets.bucket,
        inventory_costs.cost_value as bucket_value
    from rule_measures
    inner join inventory_costs
        on
            rule_measures.item_id = inventory_costs.item_id
            and rule_measures.location_id = inventory_costs.location_id
            and rule_measures.valuation_date = inventory_costs.valuation_date
    inner join rule_buckets
        on
            rule_measures.rule = rule_buckets.rule
            and (
                rule_measures.measure >= rule_buckets.from_value
                or (rule_measures.measure is null and rule_buckets.from_value is null)
            )
            and (rule_buckets.to_value is null or rule_measures.measure < rule_buckets.to_value)
),

rule_exposures as (
    select * from layers_by_age
    union all
    select * from positions_by_measure
)

select * from rule_exposures
