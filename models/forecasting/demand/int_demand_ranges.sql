-- Between which multiples of their pace four months in five lay, by what was known at the date: of the same
-- segment and as far ahead, of all segments where there were none (split conformal prediction, Vovk et al., 2005).
-- Where more than one month in ten asks for nothing, the range begins with nothing and ends where four in five are
-- reached.
with month_relatives as (
    select * from {{ ref('int_month_relatives') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

known as (
    {% for segment in ['month_relatives.segment', "'all'"] -%}
    select
        valuation_dates.valuation_date,
        {{ segment }} as segment,
        month_relatives.month_ahead,
        month_relatives.step,
        sum(month_relatives.month_count) as month_count
    from month_relatives
    inner join valuation_dates
        on month_relatives.month_number + month_relatives.month_ahead <= valuation_dates.month_number
    group by
        valuation_dates.valuation_date, month_relatives.month_ahead, month_relatives.step
        {{- ', ' ~ segment if not loop.last }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

cumulated as (
    select
        *,
        {{ ratio(
            'sum(month_count) over (partition by valuation_date, segment, month_ahead order by step nulls last'
            ~ ' rows between unbounded preceding and current row)',
            'sum(month_count) over (partition by valuation_date, segment, month_ahead)'
        ) }} as share
    from known
),

quantiles as (
    select
        valuation_date,
        segment,
        month_ahead,
        {%- for share in [0.1, 0.8, 0.9] %}
        min(case when share >= {{ share }} then step end) as step_{{ (100 * share) | int }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cumulated
    group by valuation_date, segment, month_ahead
),

demand_ranges as (
    select
        valuation_date,
        segment,
        month_ahead,
        step_10 / 20.0 as lower_multiple,
        (case when step_10 = 0 then step_80 else step_90 end + 1) / 20.0 as upper_multiple,
        (step_90 + 1) / 20.0 as quantile_90_multiple
    from quantiles
)

select * from demand_ranges
