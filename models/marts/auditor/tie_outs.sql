with int_tie_outs as (
    select * from {{ ref('int_tie_outs') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

tie_outs as (
    select
        int_tie_outs.check_name,
        int_tie_outs.period_end,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        int_tie_outs.left_amount,
        int_tie_outs.right_amount,
        int_tie_outs.difference_amount,
        int_tie_outs.is_tied
    from int_tie_outs
    inner join valuation_dates on int_tie_outs.period_end = valuation_dates.valuation_date
)

select * from tie_outs
