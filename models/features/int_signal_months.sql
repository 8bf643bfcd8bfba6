{%- set series = ['signal', 'series', 'entity_type', 'entity_id'] -%}
{{ config(materialized='view') }}

-- A value counts in the month in which it became known. Values that are old news by then
-- (backfills, revisions of past years) don't count.
with month_days as (select * from {{ ref('int_month_days') }}),

signals as (
    select
        signals.signal,
        signals.series,
        signals.entity_type,
        case when signals.entity_type = 'all' then 'all' else signals.entity_id end as entity_id,
        month_days.flash_date,
        month_days.month_end,
        signals.observed_on,
        signals.known_on,
        cast(signals.value as decimal(28, 8)) as value
    from {{ ref('signals') }} as signals
    inner join month_days on signals.known_on = month_days.day
    where
        abs(signals.value) < 1e15
        and {{ days_between('signals.observed_on', 'signals.known_on') }}
        between -31 and {{ policy_constant('late_signal_days') }}
),

months as (
    select distinct flash_date, month_number, month_end, valuation_date
    from month_days
),

known_months as (
    select
        {{ series | join(', ') }},
        flash_date,
        month_end,
        sum(value) as value_sum,
        sum(abs(value)) as size_sum,
        sum({{ squared('value') }}) as square_sum,
        cast(count(*) as bigint) as value_count,
        max(observed_on) as last_observed_on,
        max(known_on) as last_known_on
    from signals
    group by {{ series | join(', ') }}, flash_date, month_end
),

-- Of values of the same day the one that became known last holds.
last_values as (
    select
        *,
        row_number() over (
            partition by {{ series | join(', ') }}, flash_date, month_end
            order by observed_on desc nulls last, known_on desc nulls last
        ) as place
    from signals
),

first_months as (
    select
        {{ series | join(', ') }},
        flash_date,
        min(month_end) as first_month_end
    from known_months
    group by {{ series | join(', ') }}, flash_date
),

-- Signals may begin long before the stock does.
calendar as (
    select
        {%- for key in series %}
        first_months.{{ key }},
        {%- endfor %}
        months.*
    from first_months
    inner join months
        on
            first_months.flash_date is not distinct from months.flash_date
            and first_months.first_month_end <= months.month_end
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
    {%- for relation in ['known_months', 'last_values'] %}
    left join {{ relation }}
        on
            {%- for key in series + ['month_end'] %}
            calendar.{{ key }} = {{ relation }}.{{ key }} and
            {%- endfor %}
            calendar.flash_date is not distinct from {{ relation }}.flash_date
            {{- ' and last_values.place = 1' if relation == 'last_values' }}
    {%- endfor %}
)

select * from signal_months
