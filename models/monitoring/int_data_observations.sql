-- What is odd about the data, the stock and the policies: counts and yes or no, with a limit each in the seed.
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

risk_bands as (
    select * from {{ ref('risk_bands') }}
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

-- A segment misspelt would have no bands of its own, unsaid.
policy_faults as (
    select distinct
        'policy_fault' as check_name,
        'risk_bands: segment ' || segment as subject,
        1 as value
    from risk_bands
    where
        segment not in (
            {%- for segment in segment_names() %}
            '{{ segment }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
),

measures as (
    select * from data_checks
    union all
    select * from findings
    union all
    select * from policy_faults
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
