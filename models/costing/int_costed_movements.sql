-- Written twice, because a Python model can't append: the adapter looks for its new rows on another connection.
{%- set movements, items, moved_within_pools = ref('movements'), ref('items'), ref('int_moved_within_pools') %}
{%- set nothing = {'standard': 'case when items.standard_cost is not null then 0 end'} %}
with newly_costed as (
    select * from {{ ref('int_newly_costed') }}
)
{%- if is_pooled() %},

movements as (
    select * from {{ movements }}
),

items as (
    select * from {{ items }}
),

moved_within_pools as (
    select * from {{ moved_within_pools }}
),

-- What a movement costs is its pool's affair, where it stands its own; within a pool units move without a cost.
costed_movements as (
    select
        newly_costed.movement_number,
        newly_costed.item_id,
        case
            when newly_costed.is_elsewhere then newly_costed.location_id
            else movements.location_id
        end as location_id,
        newly_costed.transfer_movement_number,
        newly_costed.is_elsewhere,
        newly_costed.posted_on,
        newly_costed.quantity_change,
        newly_costed.is_provisional,
        newly_costed.is_cost_assumed,
        newly_costed.fifo_received_on,
        newly_costed.pool_left_rate,
        newly_costed.pool_part_rate
        {%- for method in costing_methods() %},
        newly_costed.{{ method }}_value_change,
        newly_costed.{{ method }}_variance_amount
        {%- endfor %}
    from newly_costed
    inner join movements on newly_costed.movement_number = movements.movement_number
    union all
    select
        moved_within_pools.movement_number,
        moved_within_pools.item_id,
        moved_within_pools.location_id,
        cast(null as bigint) as transfer_movement_number,
        false as is_elsewhere,
        moved_within_pools.posted_on,
        moved_within_pools.quantity_change,
        false as is_provisional,
        false as is_cost_assumed,
        cast(null as date) as fifo_received_on,
        cast(null as double) as pool_left_rate,
        cast(null as double) as pool_part_rate
        {%- for method in costing_methods() %}
        {%- for measure in ['value_change', 'variance_amount'] %},
        cast({{ nothing[method] or '0' }} as {{ money_type() }}) as {{ method }}_{{ measure }}
        {%- endfor %}
        {%- endfor %}
    from moved_within_pools
    inner join items on moved_within_pools.item_id = items.item_id
)

select * from costed_movements
{%- else %}

select * from newly_costed
{%- endif %}
