with restated_costs as (
    select * from {{ ref('int_restated_costs') }}
    where transfer_movement_number is null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

monthly_changes as (
    select
        restated_costs.item_id,
        restated_costs.location_id,
        cast(last_day(restated_costs.posted_on) as date) as month_end,
        false as is_opening,
        sum(restated_costs.quantity_change) as quantity_change,
        {%- for method in costing_methods() %}
        {{ monthly_change('restated_costs', method) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from restated_costs
    group by restated_costs.item_id, restated_costs.location_id, month_end
),

{{ costs_at_valuation_dates() }}

select * from costs_at_valuation_dates
