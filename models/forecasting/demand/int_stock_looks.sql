-- What a coming month sells by several looks at the past of each position with stock; see int_demand_paces.
with on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

items as (
    select * from {{ ref('items') }}
),

demand_paces as (
    select * from {{ ref('int_demand_paces') }}
),

stock_looks as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        valuation_dates.month_number,
        valuation_dates.flash_date,
        items.horizon_months,
        cast(on_hand.quantity as double) as quantity,
        cast(coalesce(inventory_costs.cost_value, 0) as double) as cost_value,
        demand_paces.trimmed_month_quantity,
        demand_paces.last_month_quantity,
        demand_paces.typical_month_quantity
        {%- for n in [4, 6, 12] %},
        demand_paces.trimmed_month_quantity_{{ n }} as trimmed_{{ n }}_quantity
        {%- endfor %}
    from on_hand
    inner join items on on_hand.item_id = items.item_id
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    inner join demand_paces
        on
            on_hand.item_id = demand_paces.item_id
            and on_hand.location_id = demand_paces.location_id
            and on_hand.valuation_date = demand_paces.valuation_date
    left join inventory_costs
        on
            on_hand.item_id = inventory_costs.item_id
            and on_hand.location_id = inventory_costs.location_id
            and on_hand.valuation_date = inventory_costs.valuation_date
)

select * from stock_looks
