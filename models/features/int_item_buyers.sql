{%- set age = '(valuation_dates.month_number - buyer_months.month_number)' -%}
{%- set spans = {
    'quantity_3': age ~ ' < 3', 'quantity_6': age ~ ' < 6',
    'quantity_3_before': age ~ ' >= 3', 'quantity_6_before': age ~ ' >= 6',
} -%}
-- The circle of buyers is the item's, whatever the location that served them. A view: one model reads it, and tens of
-- millions of rows need not be written for that.
{{ config(materialized='view') }}

with item_orders as (select * from {{ ref('int_item_orders') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

customer_spending as (select * from {{ ref('int_customer_spending') }}),

buyer_months as (
    select
        item_id,
        customer_id,
        month_number,
        min(month_number) over (partition by item_id, customer_id) as first_month_number,
        sum(quantity) as quantity,
        count(*) as order_count
    from item_orders
    where customer_id is not null
    group by item_id, customer_id, month_number
),

buyers as (
    select
        buyer_months.item_id,
        buyer_months.customer_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number,
        max(valuation_dates.month_number - buyer_months.first_month_number) as months_known,
        sum(buyer_months.quantity) as quantity_12,
        cast(sum(buyer_months.order_count) as bigint) as orders_12,
        {% for span, condition in spans.items() -%}
        sum(case when {{ condition }} then buyer_months.quantity else 0 end) as {{ span }}{{ ',' if not loop.last }}
        {% endfor %}
    from buyer_months
    inner join valuation_dates
        on
            buyer_months.month_number <= valuation_dates.month_number
            and buyer_months.month_number > valuation_dates.month_number - 12
    group by
        buyer_months.item_id,
        buyer_months.customer_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number
),

item_buyers as (
    select
        buyers.*,
        coalesce(customer_spending.is_active, 0) as is_active,
        customer_spending.spending_change
    from buyers
    left join customer_spending
        on buyers.customer_id = customer_spending.customer_id and buyers.month_number = customer_spending.month_number
)

select * from item_buyers
