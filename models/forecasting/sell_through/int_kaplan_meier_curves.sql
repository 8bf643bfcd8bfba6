-- Kaplan and Meier (1958): for each month ahead, how much of what was unsold before it is unsold after it, of all stock
-- for which that month is over by the valuation date; then the product of these shares. Stock counts by its cost. What
-- is unsold when the valuation date cuts it off is censored: it counts up to then and no further.
with unsold_months as (
    select * from {{ ref('int_unsold_months') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where month_number > {{ var('horizon_months') }}
),

segments as (
    select distinct
        valuation_date,
        segment
    from {{ ref('segments') }}
),

unsold_values as (
    select
        segment,
        month_number,
        month_ahead,
        sum({{ rounded_total('cost_value') }}) as cost_value,
        sum({{ rounded_total('cost_value * unsold_rate') }}) as unsold_value
    from unsold_months
    group by segment, month_number, month_ahead
),

at_risk as (
    select
        *,
        coalesce(
            lag(unsold_value) over (partition by segment, month_number order by month_ahead nulls last), cost_value
        ) as value_at_risk
    from unsold_values
),

known as (
    {% for segment in ['at_risk.segment', "'all'"] -%}
    select
        valuation_dates.valuation_date,
        {{ segment }} as segment,
        at_risk.month_ahead,
        least({{ ratio('sum(at_risk.unsold_value)', 'sum(at_risk.value_at_risk)') }}, 1) as stay_rate
    from at_risk
    inner join valuation_dates on at_risk.month_number + at_risk.month_ahead <= valuation_dates.month_number
    group by valuation_dates.valuation_date, at_risk.month_ahead{{ ', ' ~ segment if not loop.last }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

stay_rates as (
    select
        segments.valuation_date,
        segments.segment,
        of_all.month_ahead,
        -- A logarithm needs more than nothing; as a decimal, so that their sums are the same in any order.
        cast(ln(greatest(coalesce(of_segment.stay_rate, of_all.stay_rate, 1), 1e-9)) as decimal(18, 9))
            as logged_stay_rate
    from segments
    inner join known as of_all on segments.valuation_date = of_all.valuation_date and of_all.segment = 'all'
    left join known as of_segment
        on
            segments.valuation_date = of_segment.valuation_date
            and segments.segment = of_segment.segment
            and of_all.month_ahead = of_segment.month_ahead
),

kaplan_meier_curves as (
    select
        valuation_date,
        segment,
        month_ahead,
        exp(sum(logged_stay_rate) over (
            partition by valuation_date, segment order by month_ahead nulls last
            rows between unbounded preceding and current row
        )) as unsold_rate
    from stay_rates
)

select * from kaplan_meier_curves
