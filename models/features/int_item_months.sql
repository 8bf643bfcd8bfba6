{{ config(meta={'known_by': 'coalesce(flash_date, month_end)'}) }}

-- An item over all its locations, without gaps from its first movement on.
with position_months as (select * from {{ ref('int_position_months') }}),

item_months as (
    select
        item_id,
        valuation_date,
        month_number,
        flash_date,
        month_end,
        row_number() over (partition by item_id, flash_date order by month_number nulls last) as months_observed,
        sum(sold_quantity) as sold_quantity,
        sum(demand_quantity) as demand_quantity,
        sum(order_count) as order_count,
        sum(greatest(on_hand_quantity, 0)) as on_hand_quantity,
        count(case when on_hand_quantity > 0 then 1 end) as stocking_location_count,
        count(case when sold_quantity > 0 then 1 end) as selling_location_count,
        max(last_sold_on) as last_sold_on,
        min(first_posted_on) as first_posted_on
    from position_months
    group by item_id, valuation_date, month_number, flash_date, month_end
)

select * from item_months
