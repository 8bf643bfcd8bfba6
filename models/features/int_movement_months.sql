{{ config(materialized='view') }}

-- Days in stock come from the ledger's closing balances: only those tell no demand from no stock.
with movements as (select * from {{ ref('movements') }}),

month_days as (select * from {{ ref('int_month_days') }}),

movement_days as (
    select
        item_id,
        location_id,
        posted_on,
        sum(quantity_change) as quantity_change,
        max(case when movement_type = 'sale' then 1 else 0 end) as has_sale,
        sum(case when movement_type = 'receipt' then quantity_change end) as received_quantity,
        sum(case when movement_type = 'receipt' then cost_amount end) as received_value,
        sum(case when movement_type = 'receipt' then 1 else 0 end) as receipt_count,
        max(case when movement_type in ('opening', 'receipt', 'transfer_in') then received_on end)
            as last_received_on,
        min(case when movement_type in ('opening', 'receipt', 'transfer_in') then received_on end)
            as first_received_on,
        sum(case when movement_type in ('adjustment_out', 'return_scrap') then -quantity_change end)
            as written_off_quantity
    from movements
    group by item_id, location_id, posted_on
),

balances as (
    select
        *,
        sum(quantity_change) over (
            partition by item_id, location_id order by posted_on nulls last
            rows between unbounded preceding and current row
        ) as balance,
        lead(posted_on) over (partition by item_id, location_id order by posted_on nulls last)
            as next_posted_on
    from movement_days
),

-- A day counts as in stock if it ends with stock or saw a sale.
days_counted as (
    select
        *,
        case when balance > 0 or has_sale = 1 then 1 else 0 end as is_in_stock,
        coalesce(sum(
            case
                when balance > 0 then {{ days_between('posted_on', 'next_posted_on') }}
                else has_sale
            end
        ) over (
            partition by item_id, location_id order by posted_on nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as days_in_stock_before
    from balances
),

movement_months as (
    select
        days_counted.item_id,
        days_counted.location_id,
        month_days.flash_date,
        month_days.month_end,
        min(posted_on) as first_posted_on,
        max(posted_on) as last_posted_on,
        cast(max(days_in_stock_before + is_in_stock) as bigint) as days_in_stock_to_date,
        min(case when has_sale = 1 then posted_on end) as first_sold_on,
        max(case when has_sale = 1 then posted_on end) as last_sold_on,
        min(first_received_on) as first_received_on,
        max(last_received_on) as last_received_on,
        sum(received_quantity) as received_quantity,
        sum(received_value) as received_value,
        cast(sum(receipt_count) as bigint) as receipt_count,
        sum(written_off_quantity) as written_off_quantity,
        sum(quantity_change) as quantity_change
    from days_counted
    inner join month_days on days_counted.posted_on = month_days.day
    group by days_counted.item_id, days_counted.location_id, month_days.flash_date, month_days.month_end
)

select * from movement_months
