-- Positions are the sums of their layers; what the layers of a unit of account cover among each other is netted there.
with unit_values as (
    select * from {{ ref('int_unit_values') }}
),

lot_values as (
    select * from {{ ref('int_lot_values') }}
    where lot_kind = 'layer'
),

layer_values as (
    select * from {{ ref('layer_values') }}
),

price_keeping as (
    select * from {{ ref('int_price_keeping') }}
),

-- The layers of a position sell one after the other; a unit of it is their average.
unit_averages as (
    select
        item_id,
        location_id,
        valuation_date,
        max(price_source) as price_source,
        max(unit_replacement_cost) as unit_replacement_cost,
        max(present_unit_nrv) as present_unit_nrv
        {%- for column in ['expected_net_price', 'unit_selling_cost', 'unit_nrv', 'unit_market'] %},
        {{ rounded_unit_value(ratio(
            'sum(cast(round(cast(quantity as double) * cast(' ~ column ~ ' as double), 10) as decimal(38, 10)))',
            'sum(quantity)'
        )) }} as {{ column }}
        {%- endfor %}
    from lot_values
    group by item_id, location_id, valuation_date
),

layer_sums as (
    select
        item_id,
        location_id,
        valuation_date
        {%- for column in [
            'price_write_down_amount', 'recovery_value', 'expected_shortfall_amount', 'expected_write_down_amount',
            'exposure_amount', 'stress_amount',
        ] %},
        cast(sum({{ column }}) as {{ money_type() }}) as {{ column }}
        {%- endfor %},
        cast(sum(expected_sold_quantity) as {{ quantity_type() }}) as expected_sold_quantity,
        sum(expected_value) as expected_value
    from layer_values
    group by item_id, location_id, valuation_date
),

net_realizable_values as (
    select
        unit_values.item_id,
        unit_values.location_id,
        unit_values.valuation_date,
        unit_values.quantity,
        unit_values.cost_value,
        unit_values.unit_cost,
        case
            when price_keeping.keeps_prices then unit_averages.price_source
            else '{{ no_price_is_kept() }}'
        end as price_source,
        unit_averages.expected_net_price,
        unit_averages.unit_selling_cost,
        unit_averages.unit_nrv,
        unit_averages.present_unit_nrv,
        unit_averages.unit_replacement_cost,
        unit_averages.unit_market,
        unit_values.unit_recovery,
        unit_values.firm_quantity,
        cast(unit_values.cost_value - layer_sums.price_write_down_amount as {{ money_type() }})
            as lower_of_cost_and_nrv_value,
        layer_sums.price_write_down_amount,
        unit_values.expected_demand_quantity,
        layer_sums.expected_sold_quantity,
        cast(unit_values.quantity - layer_sums.expected_sold_quantity as {{ quantity_type() }})
            as expected_unsold_quantity,
        layer_sums.expected_value,
        layer_sums.recovery_value,
        layer_sums.expected_shortfall_amount,
        layer_sums.expected_write_down_amount,
        layer_sums.exposure_amount,
        layer_sums.stress_amount
    from unit_values
    inner join layer_sums
        on
            unit_values.item_id = layer_sums.item_id
            and unit_values.location_id = layer_sums.location_id
            and unit_values.valuation_date = layer_sums.valuation_date
    inner join unit_averages
        on
            unit_values.item_id = unit_averages.item_id
            and unit_values.location_id = unit_averages.location_id
            and unit_values.valuation_date = unit_averages.valuation_date
    cross join price_keeping
)

select * from net_realizable_values
