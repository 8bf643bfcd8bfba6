-- What a unit of each lot brings when it sells. Under LIFO (US GAAP) market stands for NRV: replacement cost, but not
-- above NRV, the ceiling, nor under NRV less a normal margin, the floor (ASC 330-10-35-1C).
with lot_prices as (
    select * from {{ ref('int_lot_prices') }}
),

lots_valued as (
    select
        *,
        {{ rounded_unit_value('present_net_price * (1 - selling_cost_rate)') }} as present_unit_nrv,
        {{ rounded_unit_value('expected_net_price * selling_cost_rate') }} as unit_selling_cost,
        {{ rounded_unit_value('expected_net_price * (1 - selling_cost_rate)') }} as unit_nrv,
        {{ rounded_unit_value('expected_net_price * (1 - selling_cost_rate - normal_margin_rate)') }} as unit_floor
    from lot_prices
),

lot_values as (
    select
        *,
        {% if var('costing_method') == 'lifo' -%}
        greatest(least(coalesce(unit_replacement_cost, unit_nrv), unit_nrv), unit_floor)
        {%- else -%}
        unit_nrv
        {%- endif %} as unit_market
    from lots_valued
)

select * from lot_values
