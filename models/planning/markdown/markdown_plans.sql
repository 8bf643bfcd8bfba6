{%- set money = [
    'expected_proceeds', 'expected_recovery', 'holding_cost',
    'gain_over_holding', 'gain_over_holding_lower', 'gain_over_holding_upper',
    'gain_over_final_clearance', 'gain_over_final_clearance_lower', 'gain_over_final_clearance_upper',
] -%}
-- A position's expected loss under a plan is what its cost exceeds the expected proceeds and recovery by. Under holding
-- it is the NRV's write-down, but for what layers cover among each other.
with markdown_options as (
    select * from {{ ref('int_markdown_options') }}
),

stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

price_responses as (
    select * from {{ ref('int_price_responses') }}
),

options_rounded as (
    select
        item_id,
        location_id,
        option,
        is_best,
        first_discount_rate,
        second_discount_rate,
        last_discount_rate,
        {%- for quantity in ['cleared', 'expected_sold', 'expected_unsold'] %}
        {{ rounded_quantity(quantity ~ '_quantity') }} as {{ quantity }}_quantity,
        {%- endfor %}
        {%- for amount in money %}
        {{ rounded_total(amount ~ '_amount') }} as {{ amount }}_amount,
        {%- endfor %}
        {{ rounded_total('expected_value') }} as expected_value
    from markdown_options
),

markdown_plans as (
    select
        stock_positions.item_id,
        stock_positions.location_id,
        stock_positions.valuation_date,
        options_rounded.option,
        options_rounded.is_best,
        cast(stock_positions.free_quantity as {{ quantity_type() }}) as quantity,
        {{ share_of_quantity(
            'stock_positions.cost_value', 'stock_positions.free_quantity', 'stock_positions.quantity'
        ) }} as cost_value,
        options_rounded.first_discount_rate,
        options_rounded.second_discount_rate,
        options_rounded.last_discount_rate,
        {{ rounded_unit_value(
            'cast(stock_positions.present_unit_nrv as double) / (1 - stock_positions.selling_cost_rate)'
            ~ ' * (1 - options_rounded.first_discount_rate)'
        ) }} as unit_price,
        options_rounded.cleared_quantity,
        options_rounded.expected_sold_quantity,
        options_rounded.expected_unsold_quantity,
        {%- for amount in money %}
        options_rounded.{{ amount }}_amount,
        {%- endfor %}
        options_rounded.expected_value,
        price_responses.elasticity,
        price_responses.elasticity_error,
        price_responses.elasticity_source
    from options_rounded
    inner join stock_positions
        on
            options_rounded.item_id = stock_positions.item_id
            and options_rounded.location_id = stock_positions.location_id
    inner join price_responses on options_rounded.item_id = price_responses.item_id
),

losses_added as (
    select
        *,
        greatest(cost_value - expected_proceeds_amount - expected_recovery_amount, 0) as expected_write_down_amount,
        cast(expected_value - cost_value as {{ money_total_type() }}) as expected_margin_amount
    from markdown_plans
)

select * from losses_added
