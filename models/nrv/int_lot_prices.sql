{{ config(materialized='view') }}

-- What a unit of each lot sells at today, and how prices move until the month in which the units of the lot that sell
-- do so on average, what is first in line first. Without stock it is the item's last price, the list price where it
-- never sold, cost at the category's usual ratio where it has none.
with units_in_order as (
    select * from {{ ref('int_units_in_order') }}
),

expected_sales as (
    select * from {{ ref('int_expected_sales') }}
),

price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
),

last_prices as (
    select * from {{ ref('int_last_prices') }}
),

replacement_costs as (
    select * from {{ ref('int_replacement_costs') }}
),

usual_ratios as (
    select * from {{ ref('int_usual_ratios') }}
),

unit_values as (
    select * from {{ ref('int_unit_values') }}
),

items as (
    select * from {{ ref('items') }}
),

category_policy as (
    select * from {{ ref('category_policy') }}
),

{% set units_before = '(2 * units_in_order.from_quantity + expected_sales.expected_sold_quantity)' -%}
{% set sale_month -%}
(least(coalesce(
    {{ ratio(units_before, 'units_in_order.expected_demand_quantity') }},
    case when units_in_order.expected_demand_quantity = 0 and units_in_order.from_quantity > 0 then 2 else 1 end
), 2) * items.horizon_months + 1) / 2
{%- endset -%}
lots_priced as (
    select
        units_in_order.item_id,
        units_in_order.location_id,
        units_in_order.valuation_date,
        units_in_order.lot_kind,
        units_in_order.lot_number,
        cast(units_in_order.to_quantity - units_in_order.from_quantity as {{ quantity_type() }}) as quantity,
        {%- for demand in ['expected', 'stress'] %}
        cast(
            case
                when expected_sales.{{ demand }}_sold_quantity is not null
                    then least(
                        {{ rounded_quantity_total('expected_sales.' ~ demand ~ '_sold_quantity') }},
                        units_in_order.to_quantity - units_in_order.from_quantity
                    )
            end as {{ quantity_type() }}
        ) as {{ demand }}_sold_quantity,
        {%- endfor %}
        replacement_costs.unit_replacement_cost,
        items.selling_cost_rate,
        coalesce(category_policy.normal_margin_rate, default_policy.normal_margin_rate) as normal_margin_rate,
        case
            when price_outlooks.present_price is not null then 'own sales'
            when last_prices.last_price is not null then 'last price of the item'
            when items.list_price is not null then 'list price'
            when usual_ratios.price_to_cost is not null then 'usual price over cost of the category'
        end as price_source,
        {{ rounded_unit_value(
            'coalesce(price_outlooks.present_price, last_prices.last_price, items.list_price,'
            ~ ' unit_values.cost_rate * usual_ratios.price_to_cost)'
        ) }} as present_net_price,
        coalesce({{ price_factor('(' ~ sale_month ~ ')') }}, 1) as price_change_factor
    from units_in_order
    inner join items on units_in_order.item_id = items.item_id
    inner join category_policy as default_policy on default_policy.category = '*'
    inner join expected_sales
        on
            units_in_order.item_id = expected_sales.item_id
            and units_in_order.location_id = expected_sales.location_id
            and units_in_order.valuation_date = expected_sales.valuation_date
            and units_in_order.lot_kind = expected_sales.lot_kind
            and units_in_order.lot_number = expected_sales.lot_number
    {%- for relation in ['price_outlooks', 'unit_values'] %}
    left join {{ relation }}
        on
            units_in_order.item_id = {{ relation }}.item_id
            and units_in_order.location_id = {{ relation }}.location_id
            and units_in_order.valuation_date = {{ relation }}.valuation_date
    {%- endfor %}
    left join last_prices
        on
            units_in_order.item_id = last_prices.item_id
            and units_in_order.valuation_date = last_prices.valuation_date
    left join usual_ratios
        on items.category = usual_ratios.category and units_in_order.valuation_date = usual_ratios.valuation_date
    left join category_policy on items.category = category_policy.category
    left join replacement_costs
        on
            units_in_order.item_id = replacement_costs.item_id
            and units_in_order.valuation_date = replacement_costs.valuation_date
),

lot_prices as (
    select
        *,
        {{ rounded_unit_value('present_net_price * price_change_factor') }} as expected_net_price
    from lots_priced
)

select * from lot_prices
