with position_months as (
    select * from {{ ref('int_position_months') }}
    where flash_date is null
),

demands as (
    select
        *,
        greatest(demand_quantity, 0) as net_quantity
    from position_months
),

changes as (
    select
        *,
        net_quantity - lag(net_quantity) over (partition by item_id, location_id order by month_number nulls last)
            as change_quantity
    from demands
),

demand_scales as (
    select
        item_id,
        location_id,
        valuation_date,
        {{ running_sum('net_amount') }} as net_amount,
        {{ ratio(running_sum(squared('change_quantity')), 'months_observed - 1') }} as naive_squared_error
    from changes
)

select * from demand_scales
