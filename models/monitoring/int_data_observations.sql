-- What is odd about the data and the stock: counts and yes or no, with a limit each in the seed.
with latest as (
    select valuation_date from {{ ref('valuation_dates') }}
    where is_latest
),

data_readiness as (
    select * from {{ ref('data_readiness') }}
),

position_findings as (
    select * from {{ ref('position_findings') }}
),

data_checks as (
    select
        'data_insufficient' as check_name,
        check_name as subject,
        case when status = 'insufficient' then 1.0 else 0.0 end as value
    from data_readiness
),

findings as (
    select
        'position_findings' as check_name,
        finding as subject,
        count(*) as value
    from position_findings
    where is_latest_period
    group by finding
),

measures as (
    select * from data_checks
    union all
    select * from findings
),

data_observations as (
    select
        measures.check_name,
        measures.subject,
        latest.valuation_date,
        cast(measures.value as double) as value
    from measures
    cross join latest
)

select * from data_observations
