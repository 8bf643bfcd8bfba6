{{ config(materialized='view') }}
{#- Named here and not where they are read: dbt must see all references, whatever the var. #}
{%- set movements, items, moved_within_pools = ref('movements'), ref('items'), ref('int_moved_within_pools') %}
{%- set nothing = {'standard': 'case when items.standard_cost is not null then 0 end'} %}
with costs as (
    select * from {{ ref('int_costs_and_layers') }}
    where layer_number is null
),
{%- if is_pooled() %}

movements as (
    select * from {{ movements }}
),

items as (
    select * from {{ items }}
),

moved_within_pools as (
    select * from {{ moved_within_pools }}
),
{%- endif %}

costed_movements as (
    select
        costs.movement_number,
        costs.item_id,
        {%- if is_pooled() %}
        -- What a movement costs is its pool's affair, where it stands its own.
        case
            when costs.is_elsewhere then costs.location_id
            else movements.location_id
        end as location_id,
        {%- else %}
        costs.location_id,
        {%- endif %}
        costs.transfer_movement_number,
        costs.movement_type,
        costs.is_elsewhere,
        costs.posted_on,
        costs.quantity_change,
        costs.is_provisional,
        costs.is_cost_assumed
        {%- for method in costing_methods() %},
        costs.{{ method }}_value_change,
        costs.{{ method }}_variance_amount
        {%- endfor %}
    from costs
    {%- if is_pooled() %}
    inner join movements on costs.movement_number = movements.movement_number
    union all
    -- Within a pool units move without a cost.
    select
        moved_within_pools.movement_number,
        moved_within_pools.item_id,
        moved_within_pools.location_id,
        cast(null as bigint) as transfer_movement_number,
        moved_within_pools.movement_type,
        false as is_elsewhere,
        moved_within_pools.posted_on,
        moved_within_pools.quantity_change,
        false as is_provisional,
        false as is_cost_assumed
        {%- for method in costing_methods() %}
        {%- for measure in ['value_change', 'variance_amount'] %},
        cast({{ nothing[method] or '0' }} as {{ money_type() }}) as {{ method }}_{{ measure }}
        {%- endfor %}
        {%- endfor %}
    from moved_within_pools
    inner join items on moved_within_pools.item_id = items.item_id
    {%- endif %}
)

select * from costed_movements
