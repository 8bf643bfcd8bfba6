-- Errors are decimals, so that sums of them are the same in any order.
with demand_candidates as (
    select * from {{ ref('int_demand_candidates') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

segments as (
    select * from {{ ref('segments') }}
),

demand_mixes as (
    select * from {{ ref('int_demand_mixes') }}
),

errors as (
    select
        realised_demand.valuation_date,
        segments.segment,
        demand_mixes.mix,
        sum(realised_demand.demand_quantity) as demand_quantity,
        sum({{ rounded_quantity_total(
            'abs(' ~ mean_forecast('demand_mixes') ~ ' - realised_demand.demand_quantity)'
        ) }}) as absolute_error_quantity
    from realised_demand
    inner join demand_candidates
        on
            realised_demand.item_id = demand_candidates.item_id
            and realised_demand.location_id = demand_candidates.location_id
            and realised_demand.valuation_date = demand_candidates.valuation_date
    inner join segments
        on
            realised_demand.item_id = segments.item_id
            and realised_demand.location_id = segments.location_id
            and realised_demand.valuation_date = segments.valuation_date
    cross join demand_mixes
    group by realised_demand.valuation_date, segments.segment, demand_mixes.mix
),

demand_mix_errors as (
    select * from errors
    union all
    select
        valuation_date,
        'all' as segment,
        mix,
        sum(demand_quantity) as demand_quantity,
        sum(absolute_error_quantity) as absolute_error_quantity
    from errors
    group by valuation_date, mix
)

select * from demand_mix_errors
