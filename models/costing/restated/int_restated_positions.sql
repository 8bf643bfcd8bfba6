{%- set movements, cost_pools = ref('int_restated_movements'), ref('int_cost_pools') %}
with restated_costs as (
    select * from {{ ref('int_restated_costs') }}
    where transfer_movement_number is null
),

{{ costs_of_places('restated_costs') }}
{%- if is_pooled() %},

pool_costs as (
    select * from costs_at_valuation_dates
),

monthly_quantities as (
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as month_end,
        sum(quantity_change) as quantity_change
    from {{ movements }}
    group by item_id, location_id, month_end
),

position_quantities as (
    select
        monthly_quantities.item_id,
        monthly_quantities.location_id,
        valuation_dates.valuation_date,
        cast(sum(monthly_quantities.quantity_change) as {{ quantity_type() }}) as quantity
    from monthly_quantities
    inner join valuation_dates on monthly_quantities.month_end <= valuation_dates.valuation_date
    group by monthly_quantities.item_id, monthly_quantities.location_id, valuation_dates.valuation_date
    having sum(monthly_quantities.quantity_change) <> 0
),

{{ shared_costs() }}

select * from position_costs
{%- else %}

select * from costs_at_valuation_dates
{%- endif %}
