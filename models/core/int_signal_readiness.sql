-- A kind of signal has ended, or its delivery has, when nothing came for three times as long as it usually takes, and
-- for half a quarter at least. Known by the as-of date: what is published later says nothing yet.
with signals as (
    select
        signal,
        known_on,
        max(observed_on) as observed_on
    from {{ ref('signals') }}
    group by signal, known_on
),

as_of as (
    select max(last_month_end) as as_of_date from {{ ref('valuation_dates') }}
),

kinds as (
    select
        signals.signal,
        as_of.as_of_date,
        count(*) as days_known,
        max(signals.known_on) as last_known_on,
        max(signals.observed_on) as last_observed_on,
        {{ days_between('min(signals.known_on)', 'max(signals.known_on)') }} as span_days
    from signals
    inner join as_of on signals.known_on <= as_of.as_of_date
    group by signals.signal, as_of.as_of_date
),

aged as (
    select
        signal,
        last_observed_on,
        last_known_on,
        {{ days_between('last_known_on', 'as_of_date') }} as silent_days,
        greatest({{ days_between('last_observed_on', 'as_of_date') }}, 0) as age_days,
        coalesce(ceil({{ ratio('span_days', 'days_known - 1') }}), 31) as usual_days
    from kinds
),

signal_readiness as (
    select
        'signal ' || signal as check_name,
        case when silent_days > greatest(3 * usual_days, 45) then 'marginal' else 'ok' end as status,
        cast(age_days as double) as measured_value,
        'Days since the last value, of ' || last_observed_on || '. '
        || case
            when silent_days > greatest(3 * usual_days, 45)
                then 'Nothing was published since ' || last_known_on || ', and it used to come every '
                    || cast(cast(usual_days as bigint) as string)
                    || ' days: after three months its changes are unknown, and models go on without it.'
            else 'It comes every ' || cast(cast(usual_days as bigint) as string) || ' days.'
        end as explanation
    from aged
)

select * from signal_readiness
