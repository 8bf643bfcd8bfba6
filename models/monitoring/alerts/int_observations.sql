-- Everything that has a limit in the seed, at every month end at which it was known. How good the models were is known
-- once the horizon of a date has passed.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

model_accuracy as (
    select
        model_accuracy.*,
        valuation_dates.horizon_end_date as known_on
    from {{ ref('model_accuracy') }} as model_accuracy
    inner join valuation_dates on model_accuracy.valuation_date = valuation_dates.valuation_date
    where valuation_dates.has_outcome
),

portfolio_months as (
    select * from {{ ref('int_portfolio_months') }}
),

reserve_comparisons as (
    select * from {{ ref('int_reserve_comparisons') }}
    where model_reserve_amount is not null
),

model_measures as (
    select
        metric as check_name,
        'model' as subject,
        known_on,
        valuation_date,
        value
    from model_accuracy
    where method = 'champion'
),

missed_shares as (
    select
        method,
        known_on,
        valuation_date,
        cast(round(value, 8) as decimal(38, 8)) as value
    from model_accuracy
    where metric = 'equal_reserve_unexpected'
),

-- The mean over all dates whose outcome was known by then.
gains as (
    select
        'gain_over_rules' as check_name,
        rules.method as subject,
        rules.known_on,
        rules.valuation_date,
        {{ ratio('sum(rules.value - models.value) over known_by_then', 'count(*) over known_by_then') }} as value
    from missed_shares as rules
    inner join missed_shares as models
        on rules.valuation_date = models.valuation_date and models.method = 'champion'
    where rules.method <> 'champion' and rules.value is not null and models.value is not null
    window known_by_then as (
        partition by rules.method order by rules.known_on nulls last
        rows between unbounded preceding and current row
    )
),

portfolio_measures as (
    {% for check, column in {
        'reserve_change_rate': 'model_reserve_change_rate', 'reserve_to_ageing_policy': 'model_to_ageing_policy',
    }.items() -%}
    select
        '{{ check }}' as check_name,
        'portfolio' as subject,
        valuation_date as known_on,
        valuation_date,
        {{ column }} as value
    from portfolio_months
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

wide_ranges as (
    select max(upper_limit) as upper_limit from {{ ref('monitoring_thresholds') }}
    where check_name = 'interval_rate'
),

confidence_shares as (
    select
        'low_confidence_share' as check_name,
        'portfolio' as subject,
        reserve_comparisons.valuation_date as known_on,
        reserve_comparisons.valuation_date,
        {{ ratio(
            'sum(case when model_upper_amount - model_lower_amount > wide_ranges.upper_limit * cost_value'
            ~ ' then model_reserve_amount else 0 end)',
            'sum(model_reserve_amount)'
        ) }} as value
    from reserve_comparisons
    cross join wide_ranges
    group by reserve_comparisons.valuation_date
),

observations as (
    {% for relation in ['model_measures', 'gains', 'portfolio_measures', 'confidence_shares'] -%}
    select
        *,
        null as detail
    from {{ relation }}
    where value is not null
    union all
    {% endfor -%}
    select * from {{ ref('int_data_observations') }}
    where value is not null
)

select * from observations
