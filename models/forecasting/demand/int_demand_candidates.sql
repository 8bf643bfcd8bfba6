-- Beside the forecasts that the expected demand averages stands what a planner would take without them.
with moving_average_forecasts as (
    select * from {{ ref('moving_average_forecasts') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
),

items as (
    select * from {{ ref('items') }}
),

demand_paces as (
    select * from {{ ref('int_demand_paces') }}
),

classical_forecasts as (
    select * from {{ ref('int_classical_forecasts') }}
),

running as (
    select
        position_months.*,
        items.horizon_months,
        {{ running_sum(
            'position_months.demand_quantity', by='position_months.item_id, position_months.location_id, flash_date'
        ) }} as running_quantity
    from position_months
    inner join items on position_months.item_id = items.item_id
),

-- What the same months brought a year before: every whole year of the horizon all twelve, the rest the first ones.
planned as (
    select
        *,
        greatest({{ rolling_sum('demand_quantity', 3) }}, 0) / 3 as run_rate_quantity,
        -- The first month of the data counts as the first of every position: what it did not sell then is known.
        case
            when month_number >= 12
                then
                    horizon_months // 12 * greatest({{ rolling_sum('demand_quantity', 12) }}, 0)
                    + greatest(coalesce(
                        lag(running_quantity, 12 - horizon_months % 12, 0) over position_history
                        - lag(running_quantity, 12, 0) over position_history, 0
                    ), 0)
        end as seasonal_naive_quantity
    from running
    window position_history as (partition by item_id, location_id, flash_date order by month_number nulls last)
),

demand_candidates as (
    select
        moving_average_forecasts.item_id,
        moving_average_forecasts.location_id,
        moving_average_forecasts.valuation_date,
        {% for n in [4, 6, 12] -%}
        items.horizon_months * demand_paces.trimmed_month_quantity_{{ n }} as trimmed_{{ n }}_quantity,
        {% endfor -%}
        {% for method in ['exponential_smoothing', 'croston', 'tsb'] -%}
        items.horizon_months * classical_forecasts.{{ method }}_quantity as {{ method }}_quantity,
        {% endfor -%}
        moving_average_forecasts.moving_average_quantity,
        items.horizon_months * cast(planned.run_rate_quantity as double) as run_rate_quantity,
        cast(planned.seasonal_naive_quantity as double) as seasonal_naive_quantity
    from moving_average_forecasts
    inner join items on moving_average_forecasts.item_id = items.item_id
    {%- for relation in ['planned', 'demand_paces', 'classical_forecasts'] %}
    inner join {{ relation }}
        on
            moving_average_forecasts.item_id = {{ relation }}.item_id
            and moving_average_forecasts.location_id = {{ relation }}.location_id
            and moving_average_forecasts.valuation_date = {{ relation }}.valuation_date
    {%- endfor %}
)

select * from demand_candidates
