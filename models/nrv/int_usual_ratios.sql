{{ config(materialized='view') }}

-- What a category's stock sells at, over its cost: it stands in for a price that nobody knows. Of all categories where
-- one has none; of none at all cost itself.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
    where cost_value > 0
),

items as (
    select * from {{ ref('items') }}
),

price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
    where present_price > 0
),

priced as (
    select
        items.category,
        reserve_positions.valuation_date,
        sum(reserve_positions.cost_value) as cost_value,
        sum({{ market_amount('reserve_positions.quantity', 'price_outlooks.present_price') }}) as price_value
    from reserve_positions
    inner join items on reserve_positions.item_id = items.item_id
    inner join price_outlooks
        on
            reserve_positions.item_id = price_outlooks.item_id
            and reserve_positions.location_id = price_outlooks.location_id
            and reserve_positions.valuation_date = price_outlooks.valuation_date
    group by items.category, reserve_positions.valuation_date
),

in_all as (
    select
        valuation_date,
        {{ ratio('sum(price_value)', 'sum(cost_value)') }} as price_to_cost
    from priced
    group by valuation_date
),

usual_ratios as (
    select
        categories.category,
        valuation_dates.valuation_date,
        coalesce({{ ratio('priced.price_value', 'priced.cost_value') }}, in_all.price_to_cost, 1) as price_to_cost
    from (select distinct category from items) as categories
    cross join (select distinct valuation_date from reserve_positions) as valuation_dates
    left join priced
        on categories.category = priced.category and valuation_dates.valuation_date = priced.valuation_date
    left join in_all on valuation_dates.valuation_date = in_all.valuation_date
)

select * from usual_ratios
