-- A value counts in the month in which it became known. Values that are old news by then
-- (backfills, revisions of past years) don't count.
with signals as (
    select
        signal,
        series,
        entity_type,
        case when entity_type = 'all' then 'all' else entity_id end as entity_id,
        cast(last_day(known_on) as date) as valuation_date,
        observed_on,
        known_on,
        cast(value as decimal(28, 8)) as value
    from {{ ref('signals') }}
    where
        abs(value) < 1e15
        and {{ days_between('observed_on', 'known_on') }} between -31 and {{ policy_constant('late_signal_days') }}
),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

last_dates as (
    select max(valuation_date) as last_date
    from valuation_dates
),

numbers as (
    {{ integer_series(1200) }}
),

known_months as (
    select
        signal,
        series,
        entity_type,
        entity_id,
        valuation_date,
        sum(value) as value_sum,
        sum(abs(value)) as size_sum,
        sum({{ squared('value') }}) as square_sum,
        cast(count(*) as bigint) as value_count,
        max(observed_on) as last_observed_on,
        max(known_on) as last_known_on
    from signals
    group by signal, series, entity_type, entity_id, valuation_date
),

-- Of values of the same day the one that became known last holds.
last_values as (
    select
        *,
        row_number() over (
            partition by signal, series, entity_type, entity_id, valuation_date
            order by observed_on desc nulls last, known_on desc nulls last
        ) as place
    from signals
),

first_months as (
    select
        signal,
        series,
        entity_type,
        entity_id,
        min(valuation_date) as first_month_end
    from known_months
    group by signal, series, entity_type, entity_id
),

-- Signals may begin long before the stock does.
calendar as (
    select
        first_months.signal,
        first_months.series,
        first_months.entity_type,
        first_months.entity_id,
        numbers.number as month_number,
        {{ month_end_after('first_months.first_month_end', 'numbers.number') }} as valuation_date
    from first_months
    cross join numbers
    cross join last_dates
    where
        {{ month_end_after('first_months.first_month_end', 'numbers.number') }}
        <= last_dates.last_date
),

signal_months as (
    select
        calendar.*,
        known_months.value_sum,
        known_months.size_sum,
        known_months.square_sum,
        known_months.value_count,
        last_values.value as last_value,
        known_months.last_observed_on,
        known_months.last_known_on
    from calendar
    left join known_months
        on
            calendar.signal = known_months.signal
            and calendar.series = known_months.series
            and calendar.entity_type = known_months.entity_type
            and calendar.entity_id = known_months.entity_id
            and calendar.valuation_date = known_months.valuation_date
    left join last_values
        on
            calendar.signal = last_values.signal
            and calendar.series = last_values.series
            and calendar.entity_type = last_values.entity_type
            and calendar.entity_id = last_values.entity_id
            and calendar.valuation_date = last_values.valuation_date
            and last_values.place = 1
)

select * from signal_months
