{#- Named here and not where it is read: dbt must see the reference in a first build too. #}
{%- set costing_starts = ref('int_costing_starts') -%}
-- Items that continue start from what this table holds of them at their checkpoint.
with newly_costed as (
    select * from {{ ref('int_newly_costed') }}
    where transfer_movement_number is null
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

monthly_changes as (
    select
        newly_costed.item_id,
        newly_costed.location_id,
        cast(last_day(newly_costed.posted_on) as date) as month_end,
        false as is_opening,
        sum(newly_costed.quantity_change) as quantity_change,
        {%- for method in costing_methods() %}
        {{ monthly_change('newly_costed', method) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from newly_costed
    group by newly_costed.item_id, newly_costed.location_id, month_end
    {%- if is_incremental() %}
    union all
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
    {%- endif %}
),

{{ costs_at_valuation_dates() }}

select * from costs_at_valuation_dates
