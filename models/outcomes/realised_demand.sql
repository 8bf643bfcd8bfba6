-- What customers took of a position over the horizon, whichever units served them.
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null
),

demand_ahead as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        coalesce(sum(demand_months.sold_quantity), 0) as sold_quantity,
        coalesce(sum(demand_months.returned_quantity), 0) as returned_quantity,
        coalesce(sum(demand_months.net_amount), 0) as net_amount
    from on_hand
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    inner join items
        on on_hand.item_id = items.item_id and items.horizon_months <= valuation_dates.horizon_months
    left join demand_months
        on
            on_hand.item_id = demand_months.item_id
            and on_hand.location_id = demand_months.location_id
            and demand_months.month_number > valuation_dates.month_number
            and demand_months.month_number <= valuation_dates.month_number + items.horizon_months
    group by on_hand.item_id, on_hand.location_id, on_hand.valuation_date
),

realised_demand as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(greatest(sold_quantity - returned_quantity, 0) as {{ quantity_type() }}) as demand_quantity,
        cast(net_amount as double) / nullif(cast(sold_quantity as double), 0) as net_price
    from demand_ahead
)

select * from realised_demand
