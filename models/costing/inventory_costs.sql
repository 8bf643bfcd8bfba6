{#- Named here and not where they are read: dbt must see all references, in a first build and whatever the var. #}
{%- set costing_starts, newly_costed = ref('int_costing_starts'), ref('int_newly_costed') %}
{%- set pool_costs, on_hand, cost_pools = ref('int_pool_costs'), ref('on_hand'), ref('int_cost_pools') %}
{%- set valuation_dates = ref('valuation_dates') %}
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
newly_costed as (
    select * from {{ newly_costed }}
    where transfer_movement_number is null
),

{% if is_incremental() -%}
-- Items that continue start from what this table holds of them at their checkpoint.
openings as (
    select
        opening.item_id,
        opening.location_id,
        opening.valuation_date as month_end,
        true as is_opening,
        max(opening.quantity) as quantity_change,
        {%- for method in costing_methods() %}
        sum(case when opening.costing_method = '{{ method }}' then opening.cost_value else 0 end)
            as {{ method }}_change{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as opening
    inner join {{ costing_starts }} as starts
        on
            opening.item_id = starts.item_id
            and opening.valuation_date = starts.continues_after
    group by opening.item_id, opening.location_id, opening.valuation_date
),

{% endif -%}
{{ costs_of_places('newly_costed', 'openings' if is_incremental() else none) }}

select * from costs_at_valuation_dates
{%- endif %}
