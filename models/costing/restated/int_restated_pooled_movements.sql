{{ config(materialized='view') }}
{%- set movements = ref('int_restated_movements') %}
{%- set cost_pools, moved_within_pools = ref('int_cost_pools'), ref('int_moved_within_pools') %}

with pooled_movements as (
    {% if is_pooled() -%}
    {{ pooled_movements(movements, 'known_movement_number') }}
    {%- else -%}
    select * from {{ movements }}
    {%- endif %}
)

select * from pooled_movements
