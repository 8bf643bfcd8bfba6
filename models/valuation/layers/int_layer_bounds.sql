{{ config(materialized='view') }}

-- Between what amounts a layer may be reserved: no more than its cost, and of units that a contract pays for no more
-- than what the contract's price lacks (IAS 2.31); under LIFO (US GAAP) it stays between ceiling and floor (ASC
-- 330-10-35-1C).
with valued_layers as (
    select * from {{ ref('int_valued_layers') }}
),

layer_values as (
    select * from {{ ref('layer_values') }}
),

bounded as (
    select
        valued_layers.item_id,
        valued_layers.location_id,
        valued_layers.valuation_date,
        cast(valued_layers.layer_number as bigint) as layer_number,
        layer_values.unit_of_account,
        valued_layers.quantity,
        valued_layers.cost_value,
        layer_values.expected_shortfall_amount as shortfall_amount,
        {% if var('costing_method') == 'lifo' -%}
        greatest(valued_layers.cost_value - valued_layers.ceiling_value, 0) as least_amount,
        {%- else -%}
        0 as least_amount,
        {%- endif %}
        least(
            valued_layers.cost_value - least(valued_layers.firm_value, valued_layers.firm_cost_value)
            {%- if var('costing_method') == 'lifo' %},
            greatest(valued_layers.cost_value - valued_layers.floor_value, 0)
            {%- endif %}
        ) as most_amount
    from valued_layers
    inner join layer_values
        on
            valued_layers.item_id = layer_values.item_id
            and valued_layers.location_id = layer_values.location_id
            and valued_layers.valuation_date = layer_values.valuation_date
            and valued_layers.layer_number = layer_values.layer_number
),

layer_bounds as (
    select
        * exclude (least_amount, most_amount),
        cast(least(least_amount, most_amount) as {{ money_type() }}) as least_amount,
        cast(most_amount as {{ money_type() }}) as most_amount
    from bounded
)

select * from layer_bounds
