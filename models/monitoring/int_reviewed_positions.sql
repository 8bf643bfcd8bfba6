-- Machine and books side by side. A position that was not there the month before had no reserve
-- then; at the first date there is no month before.
with reserve_comparisons as (
    select * from {{ ref('int_reserve_comparisons') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
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

closed_periods as (
    select * from {{ ref('closed_periods') }}
    where framework = '{{ var("accounting_framework") }}' and is_closed
),

-- Of a closed period stock and cost are shown as they were closed: what the data no longer show stays in it, and what
-- came to light later is none of it, but for what cost nothing, which the books do not list.
positions_reviewed as (
    select
        coalesce(reserves.item_id, reserve_comparisons.item_id) as item_id,
        coalesce(reserves.location_id, reserve_comparisons.location_id) as location_id,
        coalesce(reserves.period_end, reserve_comparisons.valuation_date) as valuation_date,
        coalesce(reserves.quantity, reserve_comparisons.quantity) as quantity,
        coalesce(reserves.cost_value, reserve_comparisons.cost_value) as cost_value,
        reserve_comparisons.model_reserve_amount,
        reserve_comparisons.model_lower_amount,
        reserve_comparisons.model_upper_amount,
        reserve_comparisons.static_ageing_amount,
        reserve_comparisons.calibrated_coverage_amount
    from reserve_comparisons
    full outer join reserves
        on
            reserve_comparisons.item_id = reserves.item_id
            and reserve_comparisons.location_id = reserves.location_id
            and reserve_comparisons.valuation_date = reserves.period_end
    left join closed_periods on reserve_comparisons.valuation_date = closed_periods.period_end
    where
        reserves.item_id is not null or closed_periods.period_end is null or reserve_comparisons.cost_value = 0
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
