{#- Named here and not where they are read: dbt must see all references, whatever the var. #}
{%- set costs, pool_costs, on_hand = ref('int_costs_and_layers'), ref('int_pool_costs'), ref('on_hand') %}
{%- set cost_pools, valuation_dates = ref('int_cost_pools'), ref('valuation_dates') %}
{%- set first_dates = ref('int_first_dates') %}
with
{%- if is_pooled() %}
pool_costs as (
    select * from {{ pool_costs }}
),

position_quantities as (
    select * from {{ on_hand }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

{{ shared_costs() }}

select * from position_costs
{%- else %}
costs as (
    select * from {{ costs }}
    where layer_number is null and transfer_movement_number is null
),

{{ costs_of_places('costs') }}

select * from costs_at_valuation_dates
{%- endif %}
