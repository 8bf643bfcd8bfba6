-- What is still open is told by orders and receipts: the order's status has no date. An order
-- half a year overdue is taken for dead.
with stg_purchase_orders as (select * from {{ ref('stg_purchase_orders') }}),

stg_receipts as (select * from {{ ref('stg_receipts') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

order_events as (
    select
        po_id,
        item_id,
        location_id,
        cast(last_day(cast(known_at as date)) as date) as month_end,
        quantity,
        coalesce(promised_on, ordered_on) as promised_on,
        case when is_cancellable then 0 else 1 end as is_firm
    from stg_purchase_orders
    union all
    select
        po_id,
        item_id,
        location_id,
        cast(last_day(cast(known_at as date)) as date) as month_end,
        -quantity as quantity,
        cast(null as date) as promised_on,
        0 as is_firm
    from stg_receipts
    where po_id is not null
),

order_months as (
    select
        po_id,
        item_id,
        location_id,
        month_end,
        sum(quantity) as quantity,
        max(promised_on) as promised_on,
        max(is_firm) as is_firm
    from order_events
    group by po_id, item_id, location_id, month_end
),

balances as (
    select
        *,
        sum(quantity) over history as open_quantity,
        max(promised_on) over history as last_promised_on,
        max(is_firm) over history as is_firm_so_far,
        lead(month_end) over (
            partition by po_id, item_id, location_id order by month_end nulls last
        ) as next_month_end
    from order_months
    window history as (
        partition by po_id, item_id, location_id order by month_end nulls last
        rows between unbounded preceding and current row
    )
),

open_orders as (
    select
        balances.item_id,
        balances.location_id,
        valuation_dates.valuation_date,
        sum(balances.open_quantity) as open_quantity,
        sum(case when is_firm_so_far = 1 then balances.open_quantity else 0 end) as firm_quantity,
        sum(case when last_promised_on < valuation_dates.valuation_date then balances.open_quantity else 0 end)
            as overdue_quantity
    from balances
    inner join valuation_dates
        on
            balances.month_end <= valuation_dates.valuation_date
            and coalesce(balances.next_month_end > valuation_dates.valuation_date, true)
            and cast(balances.last_promised_on + 180 as date) >= valuation_dates.valuation_date
    where balances.open_quantity > 0
    group by balances.item_id, balances.location_id, valuation_dates.valuation_date
)

select * from open_orders
