{#- Named here and not where it is read: dbt must see the reference in a first build too. #}
{%- set costing_starts = ref('int_costing_starts') -%}
-- Methods stay columns until the end: a quarter of the rows to add up. Items that continue start from what this
-- table holds of them at their checkpoint. An item without a standard cost stands at its average.
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
        sum(coalesce(
            newly_costed.{{ method }}_value_change, newly_costed.weighted_average_value_change
        )) as {{ method }}_change{{ ',' if not loop.last }}
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

balances as (
    select
        item_id,
        location_id,
        month_end,
        is_opening,
        sum(quantity_change) over position_history as quantity,
        {%- for method in costing_methods() %}
        sum({{ method }}_change) over position_history as {{ method }}_value,
        {%- endfor %}
        coalesce(lead(month_end) over position_history, cast('9999-12-31' as date)) as next_month_end
    from monthly_changes
    window position_history as (
        partition by item_id, location_id order by month_end nulls last
    )
),

costs_by_method as (
    select
        balances.item_id,
        balances.location_id,
        valuation_dates.valuation_date,
        costing_methods.costing_method,
        cast(balances.quantity as decimal(18, 4)) as quantity,
        cast(case costing_methods.costing_method
            {%- for method in costing_methods() %}
            when '{{ method }}' then balances.{{ method }}_value
            {%- endfor %}
        end as decimal(18, 4)) as cost_value
    from balances
    inner join valuation_dates
        on
            balances.month_end <= valuation_dates.valuation_date
            and balances.next_month_end > valuation_dates.valuation_date
            and not (balances.is_opening and balances.month_end = valuation_dates.valuation_date)
    cross join costing_methods
),

inventory_costs as (
    select
        *,
        {{ rounded_amount(
            'cast(cost_value as double) / nullif(cast(quantity as double), 0)'
        ) }} as unit_cost
    from costs_by_method
    where quantity <> 0 or cost_value <> 0
)

select * from inventory_costs
