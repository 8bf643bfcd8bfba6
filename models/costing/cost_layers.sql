{# The value of a position by another method than FIFO, or by a pool, is spread over its FIFO layers by quantity:
   each layer takes the difference of two rounded running shares, so that nothing is lost. #}
with open_layers as (
    select * from {{ ref('int_costs_and_layers') }}
    where layer_number is not null
),

inventory_costs as (
    select *
    from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}'
),

layers_of_positions as (
    select
        open_layers.item_id,
        open_layers.location_id,
        open_layers.valuation_date,
        open_layers.layer_number,
        open_layers.received_on,
        open_layers.receipt_movement_number,
        open_layers.quantity,
        open_layers.fifo_value,
        inventory_costs.quantity as position_quantity,
        inventory_costs.cost_value as position_value,
        sum(open_layers.quantity) over position_layers as running_quantity
    from open_layers
    inner join inventory_costs
        on
            open_layers.item_id = inventory_costs.item_id
            and open_layers.location_id = inventory_costs.location_id
            and open_layers.valuation_date = inventory_costs.valuation_date
    window position_layers as (
        partition by open_layers.item_id, open_layers.location_id, open_layers.valuation_date
        order by open_layers.layer_number nulls last
    )
),

running_values as (
    select
        *,
        case
            when running_quantity = position_quantity then position_value
            -- Of more a float could tell the last layer less than nothing.
            when abs(position_value) < 100000000000 then {{ rounded_amount(
                'cast(position_value as double) * cast(running_quantity as double)'
                ~ ' / cast(position_quantity as double)'
            ) }}
            else {{ signed_share_of_quantity('position_value', 'running_quantity', 'position_quantity') }}
        end as running_value
    from layers_of_positions
),

cost_layers as (
    select
        item_id,
        location_id,
        valuation_date,
        layer_number,
        received_on,
        receipt_movement_number,
        quantity,
        fifo_value,
        {% if var('costing_method') == 'fifo' and not is_pooled() -%}
        fifo_value as cost_value,
        {%- else -%}
        cast(
            running_value - lag(running_value, 1, cast(0 as {{ money_type() }})) over (
                partition by item_id, location_id, valuation_date order by layer_number nulls last
            )
            as {{ money_type() }}
        ) as cost_value,
        {%- endif %}
        cast({{ days_between('received_on', 'valuation_date') }} as bigint) as age_days
    from running_values
)

select * from cost_layers
