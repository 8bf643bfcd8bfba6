with reserve_comparisons as (
    select * from {{ ref('int_reserve_comparisons') }}
    where model_reserve_amount is not null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

limits as (
    select * from {{ ref('monitoring_thresholds') }}
    where check_name = 'interval_rate'
),

intervals as (
    select
        reserve_comparisons.item_id,
        reserve_comparisons.location_id,
        reserve_comparisons.valuation_date,
        reserve_comparisons.model_reserve_amount as reserve_amount,
        reserve_comparisons.model_lower_amount as reserve_lower_amount,
        reserve_comparisons.model_upper_amount as reserve_upper_amount,
        {{ ratio(
            '(reserve_comparisons.model_upper_amount - reserve_comparisons.model_lower_amount)',
            'reserve_comparisons.cost_value'
        ) }} as interval_rate,
        reserve_comparisons.calibrated_coverage_amount as rule_reserve_amount
    from reserve_comparisons
    inner join valuation_dates
        on reserve_comparisons.valuation_date = valuation_dates.valuation_date
),

prediction_confidence as (
    select
        intervals.*,
        abs(intervals.reserve_amount - intervals.rule_reserve_amount) as disagreement_amount,
        case
            when intervals.interval_rate <= limits.lower_limit then 'high'
            when intervals.interval_rate > limits.upper_limit then 'low'
            else 'medium'
        end as confidence
    from intervals
    cross join limits
)

select * from prediction_confidence
