-- The ageing rules look at layers, so that a position may stand in several buckets; the other rules
-- look at the whole position.
with age_buckets as (
    select * from {{ ref('inventory_age_buckets') }}
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

position_features as (
    select * from {{ ref('position_features') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
    where valuation_date is not null and on_hand_quantity > 0
),

rule_buckets as (
    select * from {{ ref('rule_buckets') }}
),

-- What a position-wide rule looks at; null where there is no measure: never sold, no demand.
rule_measures as (
    select
        item_id,
        location_id,
        valuation_date,
        'calibrated_recency' as rule,
        cast(0 as bigint) as window_months,
        cast({{ days_between('last_sold_on', 'valuation_date') }} as double) as measure
    from position_months
    {%- for months in [1, 3, 6, 12] %}
    union all
    select
        item_id,
        location_id,
        valuation_date,
        'calibrated_coverage' as rule,
        {{ months }} as window_months,
        case when demand_quantity_{{ months }} > 0 then coverage_months_{{ months }} end as measure
    from position_features
    {%- endfor %}
    union all
    select
        item_id,
        location_id,
        valuation_date,
        'movement_rate' as rule,
        12 as window_months,
        case when demand_quantity_12 > 0 then 12 / nullif(coverage_months_12, 0) end as measure
    from position_features
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
