-- What is odd about the data, the features and the stock: each has a limit in the seed.
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

feature_drift as (
    select * from {{ ref('feature_drift') }}
),

feature_importance as (
    select * from {{ ref('feature_importance') }}
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

-- Features that hardly count may drift: no alert for less than a twentieth of a model's fit.
latest_training as (
    select max(origin_date) as origin_date from feature_importance
),

important_features as (
    select distinct feature_importance.feature
    from feature_importance
    inner join latest_training on feature_importance.origin_date = latest_training.origin_date
    where feature_importance.gain_share >= 0.05
),

drifts as (
    select
        'feature_drift' as check_name,
        feature_drift.feature as subject,
        feature_drift.population_stability_index as value
    from feature_drift
    inner join important_features on feature_drift.feature = important_features.feature
    inner join latest on feature_drift.valuation_date = latest.valuation_date
),

measures as (
    select * from data_checks
    union all
    select * from drifts
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
