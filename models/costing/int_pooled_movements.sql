{#- Named here and not where they are read: dbt must see all references, whatever the var. #}
{{ config(materialized='view') }}
{%- set movements, movements_to_cost = ref('movements'), ref('int_movements_to_cost') %}
{%- set cost_pools, moved_within_pools = ref('int_cost_pools'), ref('int_moved_within_pools') %}

with pooled_movements as (
    {% if is_pooled() -%}
    {{ pooled_movements(movements, 'movement_number') }}
    {%- else -%}
    select * from {{ movements_to_cost }}
    {%- endif %}
)

select * from pooled_movements
