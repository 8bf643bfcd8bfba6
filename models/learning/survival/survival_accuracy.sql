-- All stock of a date has been watched equally long, so the Brier score of a month ahead is exact once the
-- month has passed: no weights for the censored are needed (as Graf et al., 1999, need them).
{%- set models = ['kaplan_meier', 'accelerated_failure_time'] %}
with probabilities as (
    select * from {{ ref('int_survival_probabilities') }}
),

latest as (
    select max(month_number) as month_number from {{ ref('valuation_dates') }}
),

watched as (
    select
        probabilities.*,
        case when coalesce(months_to_event, months_ahead + 1) > months_ahead then 1 else 0 end as lasted
    from probabilities
    cross join latest
    where probabilities.month_number + probabilities.months_ahead <= latest.month_number
),

survival_accuracy as (
    {% for model in models -%}
    select
        valuation_date,
        target,
        '{{ model }}' as model,
        months_ahead,
        {{ month_end_after('valuation_date', 'months_ahead') }} as known_on,
        count(*) as positions,
        {{ ratio('sum(' ~ rounded_amount('power(' ~ model ~ ' - lasted, 2)') ~ ')', 'count(*)') }} as brier_score,
        {{ ratio('sum(' ~ rounded_amount('1 - ' ~ model) ~ ')', 'count(*)') }} as expected_rate,
        {{ ratio('sum(1 - lasted)', 'count(*)') }} as realised_rate
    from watched
    group by valuation_date, target, months_ahead
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from survival_accuracy
