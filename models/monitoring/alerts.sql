-- For a person to look at: an alert never stops a build.
with observations as (
    select * from {{ ref('int_observations') }}
),

monitoring_thresholds as (
    select * from {{ ref('monitoring_thresholds') }}
),

alerts as (
    select
        observations.check_name,
        observations.subject,
        observations.valuation_date,
        observations.value,
        monitoring_thresholds.lower_limit,
        monitoring_thresholds.upper_limit,
        monitoring_thresholds.severity,
        replace(
            replace(monitoring_thresholds.message, '{subject}', observations.subject),
            '{percent}', {{ plain_number('round(100 * observations.value)') }} || '%'
        ) as message
    from observations
    inner join monitoring_thresholds on observations.check_name = monitoring_thresholds.check_name
    where
        observations.value < monitoring_thresholds.lower_limit
        or observations.value > monitoring_thresholds.upper_limit
)

select * from alerts
