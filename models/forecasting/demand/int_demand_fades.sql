-- What is in stock sells more at once than later: some runs out, some goes out of fashion.
with month_demands as (
    select * from {{ ref('int_month_demands') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

known as (
    select
        category,
        month_ahead,
        month_number + month_ahead as month_number,
        sum(foreseen_quantity) over up_to_month as foreseen_quantity,
        sum(demand_quantity) over up_to_month as demand_quantity
    from month_demands
    window up_to_month as (
        partition by category, month_ahead
        order by month_number nulls last rows between unbounded preceding and current row
    )
),

in_all as (
    select
        month_ahead,
        month_number,
        sum(foreseen_quantity) as foreseen_quantity,
        {{ ratio('sum(demand_quantity)', 'sum(foreseen_quantity)') }} as fade
    from known
    group by month_ahead, month_number
),

demand_fades as (
    select
        known.category,
        valuation_dates.valuation_date,
        known.month_ahead,
        -- Told once every month ahead has come; held to the fade of all as if a fiftieth of it had been seen here.
        case
            when known.month_number > {{ var('horizon_months') }}
                then {{ ratio(
                    'known.demand_quantity + in_all.fade * in_all.foreseen_quantity / 50',
                    'known.foreseen_quantity + in_all.foreseen_quantity / 50'
                ) }}
        end as fade
    from known
    inner join in_all on known.month_ahead = in_all.month_ahead and known.month_number = in_all.month_number
    inner join valuation_dates on known.month_number = valuation_dates.month_number
)

select * from demand_fades
