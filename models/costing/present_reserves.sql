-- What the company's own process holds without any model. In a period whose books it handed over, a position that
-- they do not name held nothing.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

age_buckets as (
    select * from {{ ref('inventory_age_buckets') }}
),

stg_booked_reserves as (
    select * from {{ ref('stg_booked_reserves') }}
),

reserves_by_policy as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(reserve_amount) as {{ money_type() }}) as reserve_amount
    from age_buckets
    group by item_id, location_id, valuation_date
),

booked_positions as (
    select
        item_id,
        location_id,
        cast(last_day(period_end) as date) as valuation_date,
        sum(amount) as amount
    from stg_booked_reserves
    group by item_id, location_id, cast(last_day(period_end) as date)
),

booked_dates as (
    select distinct valuation_date from booked_positions
),

present_reserves as (
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        'static_ageing' as method,
        inventory_costs.cost_value,
        reserves_by_policy.reserve_amount
    from inventory_costs
    inner join reserves_by_policy
        on
            inventory_costs.item_id = reserves_by_policy.item_id
            and inventory_costs.location_id = reserves_by_policy.location_id
            and inventory_costs.valuation_date = reserves_by_policy.valuation_date
    union all
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        'booked' as method,
        inventory_costs.cost_value,
        cast(coalesce(booked_positions.amount, 0) as {{ money_type() }}) as reserve_amount
    from inventory_costs
    inner join booked_dates on inventory_costs.valuation_date = booked_dates.valuation_date
    left join booked_positions
        on
            inventory_costs.item_id = booked_positions.item_id
            and inventory_costs.location_id = booked_positions.location_id
            and inventory_costs.valuation_date = booked_positions.valuation_date
)

select * from present_reserves
