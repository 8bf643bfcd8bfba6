-- For a person to look at: an alert never stops a build. It follows from month ends alone, and not from when somebody
-- built: a build from nothing tells the same history as a continued one.
with observations as (
    select * from {{ ref('int_observations') }}
),

monitoring_thresholds as (
    select * from {{ ref('monitoring_thresholds') }}
),

alert_reviews as (
    select * from {{ ref('alert_reviews') }}
),

valuation_dates as (
    select
        *,
        max(valuation_date) over () as latest_date
    from {{ ref('valuation_dates') }}
    where flash_date is null
),

-- Month ends outside the limits in a row, of a check and a subject, are one alert: in a row the month number and the
-- place differ by the same.
outside as (
    select
        observations.*,
        valuation_dates.latest_date,
        valuation_dates.month_number - row_number() over (
            partition by observations.check_name, observations.subject
            order by valuation_dates.month_number nulls last
        ) as run,
        greatest(
            monitoring_thresholds.lower_limit - observations.value,
            observations.value - monitoring_thresholds.upper_limit
        ) as excess
    from observations
    inner join monitoring_thresholds on observations.check_name = monitoring_thresholds.check_name
    inner join valuation_dates on observations.known_on = valuation_dates.valuation_date
    where
        observations.value < monitoring_thresholds.lower_limit
        or observations.value > monitoring_thresholds.upper_limit
),

runs as (
    select
        check_name,
        subject,
        min(known_on) as opened_on,
        max(known_on) as last_on,
        count(*) as months_open,
        max(latest_date) as latest_date,
        {% for column in ['valuation_date', 'value', 'detail'] -%}
        max_by({{ column }}, known_on) as {{ column }},
        {% endfor -%}
        max_by(value, excess) as worst_value
    from outside
    group by check_name, subject, run
),

histories as (
    select
        *,
        case when last_on < latest_date then {{ month_end_after('last_on', 1) }} end as closed_on,
        case
            when last_on < latest_date then 'closed'
            when opened_on < latest_date then 'still open'
            else 'opened'
        end as status
    from runs
),

views as (
    select
        histories.check_name,
        histories.subject,
        histories.opened_on,
        rtrim({{ joined_in_order("alert_reviews.seen_by || ', '") }}, ', ') as seen_by,
        min(alert_reviews.seen_on) as first_seen_on
    from histories
    inner join alert_reviews
        on
            histories.check_name = alert_reviews.check_name
            and histories.subject = alert_reviews.subject
            and alert_reviews.opened_on between histories.opened_on and histories.last_on
    group by histories.check_name, histories.subject, histories.opened_on
),

alerts as (
    select
        histories.check_name,
        histories.subject,
        histories.opened_on,
        histories.status,
        histories.last_on,
        histories.closed_on,
        histories.months_open,
        histories.valuation_date,
        histories.value,
        histories.worst_value,
        monitoring_thresholds.lower_limit,
        monitoring_thresholds.upper_limit,
        monitoring_thresholds.severity,
        replace(replace(replace(replace(
            monitoring_thresholds.message, '{subject}', histories.subject),
        '{percent}', {{ plain_number('round(100 * histories.value)') }} || '%'),
        '{date}', cast(histories.valuation_date as string)),
        '{detail}', coalesce(histories.detail, '')) as message,
        monitoring_thresholds.what_to_do,
        views.seen_by,
        views.first_seen_on
    from histories
    inner join monitoring_thresholds on histories.check_name = monitoring_thresholds.check_name
    left join views
        on
            histories.check_name = views.check_name
            and histories.subject = views.subject
            and histories.opened_on = views.opened_on
)

select * from alerts
