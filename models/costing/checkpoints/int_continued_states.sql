{% set states = stored_costing('int_costing_states') %}

with starts as (
    select * from {{ ref('int_costing_starts') }}
),

continued_states as (
    {% if states -%}
    select states.*
    from {{ states }} as states
    inner join starts
        on
            states.item_id = starts.item_id
            and states.state_date = starts.continues_after
    {%- else -%}
    select
        item_id,
        continues_after as state_date,
        cast(null as string) as costing_method,
        cast(null as bigint) as origin_movement_number,
        cast(null as bigint) as transfer_movement_number
    from starts
    where false
    {%- endif %}
)

select * from continued_states
