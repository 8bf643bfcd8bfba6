-- The horizon's demand by the champion of demand, spread evenly, beside what a planner would take without it.
with predictions as (
    select * from {{ ref('predictions') }}
),

position_features as (
    select * from {{ ref('position_features') }}
),

examples as (
    select * from {{ ref('int_examples') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome or is_latest
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

months_ahead as (
    select number + 1 as month_ahead
    from ({{ integer_series(var('horizon_months') - 1) }})
),

demand_forecasts as (
    select
        predictions.item_id,
        predictions.location_id,
        predictions.valuation_date,
        months_ahead.month_ahead,
        {{ month_end_after('predictions.valuation_date', 'months_ahead.month_ahead') }} as forecast_month,
        {{ rounded_amount('predictions.expected_demand_quantity / ' ~ var('horizon_months')) }} as ml_quantity,
        {{ rounded_amount('examples.moving_average_quantity / ' ~ var('horizon_months')) }}
            as moving_average_quantity,
        {{ rounded_amount('greatest(position_features.demand_quantity_3, 0) / 3') }} as run_rate_quantity,
        case
            when valuation_dates.month_number + months_ahead.month_ahead > 12
                then cast(
                    coalesce(greatest(demand_months.sold_quantity - demand_months.returned_quantity, 0), 0)
                    as decimal(18, 4)
                )
        end as seasonal_naive_quantity
    from predictions
    inner join valuation_dates on predictions.valuation_date = valuation_dates.valuation_date
    inner join position_features
        on
            predictions.item_id = position_features.item_id
            and predictions.location_id = position_features.location_id
            and predictions.valuation_date = position_features.valuation_date
    inner join examples
        on
            predictions.item_id = examples.item_id
            and predictions.location_id = examples.location_id
            and predictions.valuation_date = examples.valuation_date
    cross join months_ahead
    left join demand_months
        on
            predictions.item_id = demand_months.item_id
            and predictions.location_id = demand_months.location_id
            and demand_months.month_number
            = valuation_dates.month_number + months_ahead.month_ahead - 12
)

select * from demand_forecasts
