-- Everything that has a limit in the seed, as it stands now: the newest date that has the measure.
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

model_accuracy as (
    select * from {{ ref('model_accuracy') }}
),

portfolio_months as (
    select * from {{ ref('int_portfolio_months') }}
),

prediction_confidence as (
    select * from {{ ref('prediction_confidence') }}
),

latest as (
    select valuation_date from valuation_dates where is_latest
),

last_outcome as (
    select max(valuation_date) as valuation_date from valuation_dates where has_outcome
),

model_measures as (
    select
        model_accuracy.metric as check_name,
        'model' as subject,
        model_accuracy.valuation_date,
        model_accuracy.value
    from model_accuracy
    inner join last_outcome on model_accuracy.valuation_date = last_outcome.valuation_date
    where model_accuracy.method = 'champion'
),

equal_reserves as (
    select
        method,
        max(valuation_date) as valuation_date,
        {{ ratio('sum(cast(round(value, 8) as decimal(38, 8)))', 'count(*)') }} as value
    from model_accuracy
    where metric = 'equal_reserve_unexpected'
    group by method
),

gains as (
    select
        'gain_over_rules' as check_name,
        rules.method as subject,
        rules.valuation_date,
        rules.value - models.value as value
    from equal_reserves as rules
    cross join equal_reserves as models
    where models.method = 'champion' and rules.method <> 'champion'
),

portfolio_measures as (
    select
        'reserve_change_rate' as check_name,
        'portfolio' as subject,
        portfolio_months.valuation_date,
        portfolio_months.model_reserve_change_rate as value
    from portfolio_months
    inner join latest on portfolio_months.valuation_date = latest.valuation_date
    union all
    select
        'reserve_to_ageing_policy' as check_name,
        'portfolio' as subject,
        portfolio_months.valuation_date,
        portfolio_months.model_to_ageing_policy as value
    from portfolio_months
    inner join latest on portfolio_months.valuation_date = latest.valuation_date
),

confidence_shares as (
    select
        'low_confidence_share' as check_name,
        'portfolio' as subject,
        max(valuation_date) as valuation_date,
        {{ ratio(
            "sum(case when confidence = 'low' then reserve_amount else 0 end)",
            'sum(reserve_amount)'
        ) }} as value
    from prediction_confidence
),

measures as (
    select * from model_measures
    union all
    select * from gains
    union all
    select * from portfolio_measures
    union all
    select * from confidence_shares
    union all
    select * from {{ ref('int_data_observations') }}
),

observations as (
    select
        check_name,
        subject,
        valuation_date,
        cast(value as double) as value
    from measures
    where value is not null
)

select * from observations
