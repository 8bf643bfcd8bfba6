-- Cost and value of every layer, before any comparison of the two. Units under contract bring the contract's price for
-- certain; the others bring market where they sell and recovery where they don't.
with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

lot_values as (
    select * from {{ ref('int_lot_values') }}
    where lot_kind = 'layer'
),

units_in_order as (
    select * from {{ ref('int_units_in_order') }}
    where lot_kind = 'layer'
),

unit_values as (
    select * from {{ ref('int_unit_values') }}
),

layers_sold as (
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date,
        cost_layers.layer_number,
        cost_layers.quantity,
        cost_layers.cost_value,
        unit_values.category,
        unit_values.recovery_rate,
        lot_values.unit_market,
        lot_values.unit_nrv,
        lot_values.unit_floor,
        unit_values.unit_contract_nrv,
        cast(
            least(units_in_order.to_quantity, units_in_order.firm_quantity)
            - least(units_in_order.from_quantity, units_in_order.firm_quantity) as {{ quantity_type() }}
        ) as firm_quantity,
        lot_values.expected_sold_quantity,
        lot_values.stress_sold_quantity,
        {{ ratio('cost_layers.cost_value', 'cost_layers.quantity') }} as cost_rate
    from cost_layers
    inner join unit_values
        on
            cost_layers.item_id = unit_values.item_id
            and cost_layers.location_id = unit_values.location_id
            and cost_layers.valuation_date = unit_values.valuation_date
    inner join units_in_order
        on
            cost_layers.item_id = units_in_order.item_id
            and cost_layers.location_id = units_in_order.location_id
            and cost_layers.valuation_date = units_in_order.valuation_date
            and cost_layers.layer_number = units_in_order.lot_number
    inner join lot_values
        on
            cost_layers.item_id = lot_values.item_id
            and cost_layers.location_id = lot_values.location_id
            and cost_layers.valuation_date = lot_values.valuation_date
            and cost_layers.layer_number = lot_values.lot_number
),

valued_layers as (
    select
        *,
        {{ market_amount('firm_quantity', 'unit_contract_nrv') }}
        + {{ market_amount('(quantity - firm_quantity)', 'unit_market') }} as nrv_value,
        {{ rounded_amount('(quantity - expected_sold_quantity) * cost_rate * recovery_rate') }} as recovery_value,
        {{ rounded_amount('(quantity - expected_sold_quantity) * cost_rate * (1 - recovery_rate)') }}
            as exposure_amount,
        {%- for demand in ['expected', 'stress'] %}
        {{ market_amount('firm_quantity', 'unit_contract_nrv') }}
        + {{ market_amount('(' ~ demand ~ '_sold_quantity - firm_quantity)', 'unit_market') }}
        + {{ rounded_amount('(quantity - ' ~ demand ~ '_sold_quantity) * cost_rate * recovery_rate') }}
            as {{ demand }}_value,
        {%- endfor %}
        {{ market_amount('firm_quantity', 'unit_contract_nrv') }} as firm_value,
        {{ share_of_quantity('cost_value', 'firm_quantity', 'quantity') }} as firm_cost_value,
        {%- for bound, unit_value in {'ceiling': 'unit_nrv', 'floor': 'unit_floor'}.items() %}
        {{ market_amount('firm_quantity', 'unit_contract_nrv') }}
        + {{ market_amount('(expected_sold_quantity - firm_quantity)', unit_value) }}
        + {{ rounded_amount('(quantity - expected_sold_quantity) * cost_rate * recovery_rate') }}
            as {{ bound }}_value{{ ',' if not loop.last }}
        {%- endfor %}
    from layers_sold
)

select * from valued_layers
