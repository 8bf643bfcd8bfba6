-- What a unit of each position is worth: sold at the expected price, sold under a contract, bought again, left over.
-- Under LIFO (US GAAP) market stands for NRV: replacement cost, but not above NRV, the ceiling, nor under NRV less a
-- normal margin, the floor (ASC 330-10-35-1C).
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

items as (
    select * from {{ ref('items') }}
),

category_policy as (
    select * from {{ ref('category_policy') }}
),

default_policy as (
    select * from category_policy where category = '*'
),

predictions as (
    select * from {{ ref('predictions') }}
),

replacement_costs as (
    select * from {{ ref('int_replacement_costs') }}
),

firm_sales as (
    select * from {{ ref('int_firm_sales') }}
),

rates_known as (
    select
        reserve_positions.*,
        items.category,
        items.selling_cost_rate,
        items.recovery_rate,
        coalesce(category_policy.normal_margin_rate, default_policy.normal_margin_rate) as normal_margin_rate,
        {{ ratio('reserve_positions.cost_value', 'reserve_positions.quantity') }} as cost_rate,
        {{ rounded_amount('coalesce(predictions.expected_net_price, items.list_price)') }} as expected_net_price,
        {{ rounded_amount('predictions.expected_demand_quantity') }} as expected_demand_quantity,
        replacement_costs.unit_replacement_cost,
        coalesce(firm_sales.contract_price, 0) as contract_price,
        least(coalesce(firm_sales.contract_quantity, 0), reserve_positions.quantity) as firm_quantity
    from reserve_positions
    inner join items on reserve_positions.item_id = items.item_id
    cross join default_policy
    left join category_policy on items.category = category_policy.category
    left join predictions
        on
            reserve_positions.item_id = predictions.item_id
            and reserve_positions.location_id = predictions.location_id
            and reserve_positions.valuation_date = predictions.valuation_date
    left join replacement_costs
        on
            reserve_positions.item_id = replacement_costs.item_id
            and reserve_positions.valuation_date = replacement_costs.valuation_date
    left join firm_sales
        on
            reserve_positions.item_id = firm_sales.item_id
            and reserve_positions.location_id = firm_sales.location_id
            and reserve_positions.valuation_date = firm_sales.valuation_date
),

units_valued as (
    select
        *,
        {{ rounded_amount('cost_rate') }} as unit_cost,
        {{ rounded_amount('expected_net_price * selling_cost_rate') }} as unit_selling_cost,
        {{ rounded_amount('expected_net_price * (1 - selling_cost_rate)') }} as unit_nrv,
        {{ rounded_amount('contract_price * (1 - selling_cost_rate)') }} as unit_contract_nrv,
        {{ rounded_amount('expected_net_price * (1 - selling_cost_rate - normal_margin_rate)') }} as unit_floor,
        {{ rounded_amount('cost_rate * recovery_rate') }} as unit_recovery
    from rates_known
),

unit_values as (
    select
        *,
        {% if var('costing_method') == 'lifo' -%}
        greatest(least(coalesce(unit_replacement_cost, unit_nrv), unit_nrv), unit_floor)
        {%- else -%}
        unit_nrv
        {%- endif %} as unit_market
    from units_valued
)

select * from unit_values
