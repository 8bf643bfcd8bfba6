{#
    CTEs from `changes` (item_id, location_id, change_date, the first valuation date that sees it, quantity_change and a
    change for each costing method) to `costs_at_valuation_dates`, one row per position, valuation date and costing
    method (and whatever else changes are kept apart by). Methods stay columns until the end: a quarter of the rows to
    add up.
#}
{% macro costs_at_valuation_dates(also_by=[]) %}
{%- set keys = ['item_id', 'location_id'] + also_by -%}
balances as (
    select
        {{ keys | join(', ') }},
        change_date,
        sum(quantity_change) over position_history as quantity,
        {%- for method in costing_methods() %}
        sum({{ method }}_change) over position_history as {{ method }}_value,
        {%- endfor %}
        coalesce(lead(change_date) over position_history, cast('9999-12-31' as date)) as next_date
    from changes
    window position_history as (
        partition by {{ keys | join(', ') }} order by change_date nulls last
    )
),

costs_by_method as (
    select
        balances.{{ keys | join(', balances.') }},
        valuation_dates.valuation_date,
        costing_methods.costing_method,
        cast(balances.quantity as {{ quantity_type() }}) as quantity,
        cast(case costing_methods.costing_method
            {%- for method in costing_methods() %}
            when '{{ method }}' then balances.{{ method }}_value
            {%- endfor %}
        end as {{ money_type() }}) as cost_value
    from balances
    inner join valuation_dates
        on
            balances.change_date <= valuation_dates.valuation_date
            and balances.next_date > valuation_dates.valuation_date
    cross join costing_methods
),

costs_at_valuation_dates as (
    select
        *,
        {{ rounded_unit_value(ratio('cost_value', 'quantity')) }} as unit_cost
    from costs_by_method
    where quantity <> 0 or cost_value <> 0
)
{%- endmacro %}


{# The change of an item without a standard cost by the method `standard` is that of its average. #}
{% macro value_change_of(costs, method) -%}
    sum(coalesce({{ costs }}.{{ method }}_value_change, {{ costs }}.weighted_average_value_change)) as {{ method }}_change
{%- endmacro %}


{#
    CTEs from `costs`, rows of the costing kernel, to `costs_at_valuation_dates`, by the places that the kernel
    costed: positions, or the pools that they belong to.
#}
{% macro costs_of_places(costs) %}
valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

first_dates as (
    select * from {{ ref('int_first_dates') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

changes as (
    select
        {{ costs }}.item_id,
        {{ costs }}.location_id,
        first_dates.valuation_date as change_date,
        sum({{ costs }}.quantity_change) as quantity_change,
        {%- for method in costing_methods() %}
        {{ value_change_of(costs, method) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ costs }}
    inner join first_dates on {{ costs }}.posted_on = first_dates.day
    group by {{ costs }}.item_id, {{ costs }}.location_id, first_dates.valuation_date
),

{{ costs_at_valuation_dates() }}
{%- endmacro %}
