{%- set horizon = var('horizon_months') -%}
with demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

demand_candidates as (
    select * from {{ ref('int_demand_candidates') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome or is_latest
),

month_shares as (
    select * from {{ ref('int_month_shares') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

month_forecasts as (
    select
        demand_distributions.item_id,
        demand_distributions.location_id,
        demand_distributions.valuation_date,
        month_shares.month_ahead,
        {{ month_end_after('demand_distributions.valuation_date', 'month_shares.month_ahead') }} as forecast_month,
        {{ rounded_quantity_total(
            'month_shares.month_share * demand_distributions.expected_demand_quantity'
        ) }} as expected_quantity,
        {%- for method in ['moving_average', 'run_rate', 'croston', 'tsb'] %}
        {{ rounded_quantity_total('demand_candidates.' ~ method ~ '_quantity / ' ~ horizon) }} as {{ method }}_quantity,
        {%- endfor %}
        case
            when demand_candidates.seasonal_naive_quantity is not null
                then cast({{ net_demand('demand_months') }} as {{ quantity_total_type() }})
        end as seasonal_naive_quantity
    from demand_distributions
    inner join valuation_dates on demand_distributions.valuation_date = valuation_dates.valuation_date
    inner join demand_candidates
        on
            demand_distributions.item_id = demand_candidates.item_id
            and demand_distributions.location_id = demand_candidates.location_id
            and demand_distributions.valuation_date = demand_candidates.valuation_date
    inner join items on demand_distributions.item_id = items.item_id
    inner join month_shares
        on items.category = month_shares.category and demand_distributions.valuation_date = month_shares.valuation_date
    left join demand_months
        on
            demand_distributions.item_id = demand_months.item_id
            and demand_distributions.location_id = demand_months.location_id
            and demand_months.month_number = valuation_dates.month_number + (month_shares.month_ahead - 1) % 12 - 11
)

select * from month_forecasts
