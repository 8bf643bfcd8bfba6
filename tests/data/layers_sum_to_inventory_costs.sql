-- The layers of a position hold its quantity, its FIFO value and its value by the costing method,
-- and its age bands and buckets hold them too. Where costs are pooled, FIFO of the position alone is not the pool's.
with layers as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(quantity) as quantity,
        sum(fifo_value) as fifo_value,
        sum(cost_value) as cost_value
    from {{ ref('cost_layers') }}
    group by item_id, location_id, valuation_date
),

inventory_ageing as (
    select * from {{ ref('inventory_ageing') }}
),

age_buckets as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(quantity) as quantity,
        sum(cost_value) as cost_value
    from {{ ref('inventory_age_buckets') }}
    group by item_id, location_id, valuation_date
),

inventory_costs as (
    select
        item_id,
        location_id,
        valuation_date,
        max(case when costing_method = '{{ var("costing_method") }}' then quantity end) as quantity,
        max(case when costing_method = 'fifo' then cost_value end) as fifo_value,
        max(case when costing_method = '{{ var("costing_method") }}' then cost_value end)
            as cost_value
    from {{ ref('inventory_costs') }}
    group by item_id, location_id, valuation_date
),

positions_in_stock as (
    select * from inventory_costs
    where quantity > 0
)

select
    positions_in_stock.*,
    layers.quantity as layers_quantity,
    layers.fifo_value as layers_fifo_value,
    layers.cost_value as layers_cost_value
from positions_in_stock
full outer join layers
    on
        positions_in_stock.item_id = layers.item_id
        and positions_in_stock.location_id = layers.location_id
        and positions_in_stock.valuation_date = layers.valuation_date
left join inventory_ageing
    on
        layers.item_id = inventory_ageing.item_id
        and layers.location_id = inventory_ageing.location_id
        and layers.valuation_date = inventory_ageing.valuation_date
left join age_buckets
    on
        layers.item_id = age_buckets.item_id
        and layers.location_id = age_buckets.location_id
        and layers.valuation_date = age_buckets.valuation_date
where
    positions_in_stock.quantity is distinct from layers.quantity
    {%- if not is_pooled() %}
    or positions_in_stock.fifo_value is distinct from layers.fifo_value
    {%- endif %}
    or positions_in_stock.cost_value is distinct from layers.cost_value
    or layers.quantity is distinct from age_buckets.quantity
    or layers.cost_value is distinct from age_buckets.cost_value
    {%- for measure in ['quantity', 'value'] %}
    or layers.{{ 'cost_value' if measure == 'value' else measure }} is distinct from (
        {% for band, to_days in ageing_bands() -%}
        inventory_ageing.{{ band }}_{{ measure }}{{ ' + ' if not loop.last }}
        {%- endfor %}
    )
    {%- endfor %}
