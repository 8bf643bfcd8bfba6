{%- set horizon = var('horizon_months') -%}
-- The horizon's demand over its months, shaped by what a category's months a year before were to each other.
with predictions as (
    select * from {{ ref('predictions') }}
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

category_months as (
    select * from {{ ref('int_category_months') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

months_ahead as (
    select
        number + 1 as month_ahead,
        number % 12 - 11 as month_before
    from ({{ integer_series(var('horizon_months') - 1) }})
),

shapes as (
    select
        categories.category,
        valuation_dates.valuation_date,
        months_ahead.month_ahead,
        case when valuation_dates.month_number >= 12 then greatest(coalesce(category_months.demand_quantity, 0), 0) end
            as demand_quantity
    from valuation_dates
    cross join (select distinct category from items) as categories
    cross join months_ahead
    left join category_months
        on
            categories.category = category_months.category
            and category_months.month_number = valuation_dates.month_number + months_ahead.month_before
),

shares as (
    select
        category,
        valuation_date,
        month_ahead,
        coalesce(
            {{ ratio('demand_quantity', 'sum(demand_quantity) over (partition by category, valuation_date)') }},
            1.0 / {{ horizon }}
        ) as share
    from shapes
),

month_forecasts as (
    select
        predictions.item_id,
        predictions.location_id,
        predictions.valuation_date,
        shares.month_ahead,
        {{ month_end_after('predictions.valuation_date', 'shares.month_ahead') }} as forecast_month,
        {{ rounded_amount('shares.share * predictions.expected_demand_quantity') }} as ml_quantity,
        {%- for method in ['moving_average', 'run_rate', 'croston', 'tsb'] %}
        {{ rounded_amount('demand_candidates.' ~ method ~ '_quantity / ' ~ horizon) }} as {{ method }}_quantity,
        {%- endfor %}
        case
            when demand_candidates.seasonal_naive_quantity is not null
                then cast(
                    {{ net_demand('demand_months') }}
                    as decimal(18, 4)
                )
        end as seasonal_naive_quantity
    from predictions
    inner join valuation_dates on predictions.valuation_date = valuation_dates.valuation_date
    inner join demand_candidates
        on
            predictions.item_id = demand_candidates.item_id
            and predictions.location_id = demand_candidates.location_id
            and predictions.valuation_date = demand_candidates.valuation_date
    inner join items on predictions.item_id = items.item_id
    inner join shares on items.category = shares.category and predictions.valuation_date = shares.valuation_date
    inner join months_ahead on shares.month_ahead = months_ahead.month_ahead
    left join demand_months
        on
            predictions.item_id = demand_months.item_id
            and predictions.location_id = demand_months.location_id
            and demand_months.month_number = valuation_dates.month_number + months_ahead.month_before
)

select * from month_forecasts
