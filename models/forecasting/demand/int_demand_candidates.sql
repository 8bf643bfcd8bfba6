{%- set horizon = var('horizon_months') | int -%}
-- Beside the forecasts that the expected demand averages stands what a planner would take without them.
with moving_average_forecasts as (
    select * from {{ ref('moving_average_forecasts') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
),

demand_paces as (
    select * from {{ ref('int_demand_paces') }}
),

classical_forecasts as (
    select * from {{ ref('int_classical_forecasts') }}
),

planned as (
    select
        *,
        greatest({{ rolling_sum('demand_quantity', 3) }}, 0) / 3 as run_rate_quantity,
        -- The first month of the data counts as the first of every position: what it did not sell then is known.
        case
            when month_number >= 12
                then
                    {% for year in range((horizon + 11) // 12) -%}
                    {% set months = [horizon - 12 * year, 12] | min -%}
                    greatest(coalesce({{ rolling_sum('demand_quantity', months, lag=12 - months) }}, 0), 0)
                    {{- ' +' if not loop.last }}
                    {% endfor %}
        end as seasonal_naive_quantity
    from position_months
),

demand_candidates as (
    select
        moving_average_forecasts.item_id,
        moving_average_forecasts.location_id,
        moving_average_forecasts.valuation_date,
        {% for n in [4, 6, 12] -%}
        {{ horizon }} * demand_paces.trimmed_month_quantity_{{ n }} as trimmed_{{ n }}_quantity,
        {% endfor -%}
        {% for method in ['exponential_smoothing', 'croston', 'tsb'] -%}
        {{ horizon }} * classical_forecasts.{{ method }}_quantity as {{ method }}_quantity,
        {% endfor -%}
        moving_average_forecasts.moving_average_quantity,
        {{ horizon }} * cast(planned.run_rate_quantity as double) as run_rate_quantity,
        cast(planned.seasonal_naive_quantity as double) as seasonal_naive_quantity
    from moving_average_forecasts
    {%- for relation in ['planned', 'demand_paces', 'classical_forecasts'] %}
    inner join {{ relation }}
        on
            moving_average_forecasts.item_id = {{ relation }}.item_id
            and moving_average_forecasts.location_id = {{ relation }}.location_id
            and moving_average_forecasts.valuation_date = {{ relation }}.valuation_date
    {%- endfor %}
)

select * from demand_candidates
