-- What each position-wide rule looks at; null where there is no measure: never sold, no demand.
with position_features as (
    select * from {{ ref('position_features') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
),

days_since_last_sale as (
    select
        item_id,
        location_id,
        valuation_date,
        cast({{ days_between('last_sold_on', 'valuation_date') }} as double) as measure
    from position_months
    where on_hand_quantity > 0
),

rule_measures as (
    select
        item_id,
        location_id,
        valuation_date,
        'calibrated_recency' as rule,
        cast(0 as bigint) as window_months,
        measure
    from days_since_last_sale
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
)

select * from rule_measures
