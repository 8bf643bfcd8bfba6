-- Machine and books side by side. A position that was not there the month before had no reserve
-- then; at the first date there is no month before.
with reserve_comparisons as (
    select * from {{ ref('int_reserve_comparisons') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

reserves as (
    select * from {{ ref('reserves') }}
    where framework = '{{ var("accounting_framework") }}'
),

predictions as (
    select * from {{ ref('predictions') }}
),

inventory_ageing as (
    select * from {{ ref('inventory_ageing') }}
),

-- Stock that a closed period held and that the data no longer show stays in its books, and so in the review.
positions_reviewed as (
    select
        item_id,
        location_id,
        valuation_date,
        quantity,
        cost_value,
        model_reserve_amount,
        model_lower_amount,
        model_upper_amount,
        static_ageing_amount,
        calibrated_coverage_amount
    from reserve_comparisons
    union all
    select
        reserves.item_id,
        reserves.location_id,
        reserves.period_end as valuation_date,
        reserves.quantity,
        reserves.cost_value,
        cast(null as {{ money_type() }}) as model_reserve_amount,
        cast(null as {{ money_type() }}) as model_lower_amount,
        cast(null as {{ money_type() }}) as model_upper_amount,
        cast(null as {{ money_type() }}) as static_ageing_amount,
        cast(null as {{ money_type() }}) as calibrated_coverage_amount
    from reserves
    left join reserve_comparisons
        on
            reserves.item_id = reserve_comparisons.item_id
            and reserves.location_id = reserve_comparisons.location_id
            and reserves.period_end = reserve_comparisons.valuation_date
    where reserve_comparisons.item_id is null
),

dated_comparisons as (
    select
        positions_reviewed.*,
        valuation_dates.month_number,
        valuation_dates.is_latest,
        min(valuation_dates.month_number) over () as first_month_number
    from positions_reviewed
    inner join valuation_dates
        on positions_reviewed.valuation_date = valuation_dates.valuation_date
),

reviewed_positions as (
    select
        positions.item_id,
        positions.location_id,
        positions.valuation_date as period_end,
        positions.is_latest as is_latest_period,
        positions.quantity,
        positions.cost_value,
        inventory_ageing.weighted_age_days,
        positions.model_reserve_amount,
        positions.model_lower_amount,
        positions.model_upper_amount,
        positions.static_ageing_amount,
        positions.calibrated_coverage_amount,
        predictions.obsolescence_probability,
        predictions.risk_band,
        case
            when positions.month_number > positions.first_month_number
                then positions.model_reserve_amount - coalesce(previous.model_reserve_amount, 0)
        end as model_change_amount,
        coalesce(reserve_rollforward.closing_amount, 0) as booked_amount,
        coalesce(reserve_rollforward.closing_amount - reserve_rollforward.opening_amount, 0)
            as booked_change_amount,
        positions.cost_value - coalesce(reserve_rollforward.closing_amount, 0) as carrying_value,
        positions.model_reserve_amount - positions.static_ageing_amount as model_over_policy_amount
    from dated_comparisons as positions
    left join dated_comparisons as previous
        on
            positions.item_id = previous.item_id
            and positions.location_id = previous.location_id
            and positions.month_number = previous.month_number + 1
    left join reserve_rollforward
        on
            positions.item_id = reserve_rollforward.item_id
            and positions.location_id = reserve_rollforward.location_id
            and positions.valuation_date = reserve_rollforward.period_end
    left join inventory_ageing
        on
            positions.item_id = inventory_ageing.item_id
            and positions.location_id = inventory_ageing.location_id
            and positions.valuation_date = inventory_ageing.valuation_date
    left join predictions
        on
            positions.item_id = predictions.item_id
            and positions.location_id = predictions.location_id
            and positions.valuation_date = predictions.valuation_date
)

select * from reviewed_positions
