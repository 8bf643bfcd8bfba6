-- A view: costing reads each state once for each of its models, which costs less than writing them once more.
{{ config(materialized='view') }}
{% set states, common = stored_costing('int_costing_states'), common_start() %}

with starts as (
    select * from {{ ref('int_costing_starts') }}
),

continued_states as (
    {% if states -%}
    select states.*
    from {{ states }} as states
    {%- if common %}
    where states.state_date = cast('{{ common }}' as date)
    {%- else %}
    inner join starts
        on
            states.item_id = starts.item_id
            and states.state_date = starts.continues_after
    {%- endif %}
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
