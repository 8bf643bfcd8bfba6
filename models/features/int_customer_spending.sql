-- What customers buy of anything tells whether a buyer left the item or the company.
with movements as (select * from {{ ref('movements') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

customer_months as (
    select
        movements.customer_id,
        valuation_dates.month_number,
        sum(coalesce(movements.net_amount, 0)) as net_amount
    from movements
    inner join valuation_dates
        on cast(last_day(movements.posted_on) as date) = valuation_dates.valuation_date
    where movements.movement_type = 'sale' and movements.customer_id is not null
    group by movements.customer_id, valuation_dates.month_number
),

aged_months as (
    select
        customer_months.customer_id,
        valuation_dates.month_number,
        valuation_dates.month_number - customer_months.month_number < 3 as is_recent,
        customer_months.net_amount
    from customer_months
    inner join valuation_dates
        on
            customer_months.month_number <= valuation_dates.month_number
            and customer_months.month_number > valuation_dates.month_number - 6
),

customer_spending as (
    select
        customer_id,
        month_number,
        max(case when is_recent then 1 else 0 end) as is_active,
        {{ midpoint_change(
            'sum(case when is_recent then net_amount else 0 end)', 'sum(case when is_recent then 0 else net_amount end)'
        ) }} as spending_change
    from aged_months
    group by customer_id, month_number
)

select * from customer_spending
