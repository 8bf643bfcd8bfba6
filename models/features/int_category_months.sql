{{ config(meta={'known_by': 'coalesce(flash_date, month_end)'}) }}

-- A category's sales, without gaps from its first movement on.
with position_months as (select * from {{ ref('int_position_months') }}),

items as (select * from {{ ref('items') }}),

category_months as (
    select
        items.category,
        position_months.valuation_date,
        position_months.month_number,
        position_months.flash_date,
        position_months.month_end,
        row_number() over (
            partition by items.category, position_months.flash_date order by position_months.month_number nulls last
        ) as months_observed,
        sum(position_months.demand_quantity) as demand_quantity,
        sum(position_months.net_amount) as net_amount,
        sum(position_months.on_hand_quantity) as on_hand_quantity
    from position_months
    inner join items on position_months.item_id = items.item_id
    group by
        items.category,
        position_months.valuation_date,
        position_months.month_number,
        position_months.flash_date,
        position_months.month_end
)

select * from category_months
