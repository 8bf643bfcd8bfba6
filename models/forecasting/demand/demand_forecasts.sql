{{ config(meta={'known_by': none}) }}

-- A month's demand comes in whole units, so its range does too; and it holds what is expected, as a mean of few large
-- months may lie beyond nine in ten of them. Its lower end is the quantile of one in ten; that of nine in ten stands
-- beside it, as a range that begins with nothing ends before.
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
    where has_outcome or is_latest or flash_date is not null
),

month_shares as (
    select * from {{ ref('int_month_shares') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

segments as (
    select * from {{ ref('segments') }}
),

demand_ranges as (
    select * from {{ ref('int_demand_ranges') }}
),

month_forecasts as (
    select
        demand_distributions.item_id,
        demand_distributions.location_id,
        demand_distributions.valuation_date,
        month_shares.month_ahead,
        {{ months_after('demand_distributions.valuation_date', 'month_shares.month_ahead') }} as forecast_month,
        {{ rounded_quantity_total(
            'month_shares.month_share * demand_distributions.expected_demand_quantity'
        ) }} as expected_quantity,
        {%- for method in ['moving_average', 'run_rate', 'croston', 'tsb'] %}
        {{ rounded_quantity_total('demand_candidates.' ~ method ~ '_quantity / items.horizon_months') }}
            as {{ method }}_quantity,
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
            and valuation_dates.flash_date is not distinct from demand_months.flash_date
            and demand_months.month_number = valuation_dates.month_number + (month_shares.month_ahead - 1) % 12 - 11
),

demand_forecasts as (
    select
        month_forecasts.*,
        {% for bound, to_whole, furthest in [
            ('lower', 'floor', 'least'), ('upper', 'ceil', 'greatest'), ('quantile_90', 'ceil', 'greatest'),
        ] -%}
        {{ rounded_quantity_total(
            to_whole ~ '(' ~ furthest ~ '(month_forecasts.expected_quantity, greatest(month_forecasts.expected_quantity, 1)'
            ~ ' * coalesce(demand_ranges.' ~ bound ~ '_multiple, of_all.' ~ bound ~ '_multiple)))'
        ) }} as {{ bound }}_quantity{{ ',' if not loop.last }}
        {% endfor %}
    from month_forecasts
    inner join segments
        on
            month_forecasts.item_id = segments.item_id
            and month_forecasts.location_id = segments.location_id
            and month_forecasts.valuation_date = segments.valuation_date
    left join demand_ranges
        on
            segments.valuation_date = demand_ranges.valuation_date
            and segments.segment = demand_ranges.segment
            and month_forecasts.month_ahead = demand_ranges.month_ahead
    left join demand_ranges as of_all
        on
            segments.valuation_date = of_all.valuation_date
            and of_all.segment = 'all'
            and month_forecasts.month_ahead = of_all.month_ahead
)

select * from demand_forecasts
