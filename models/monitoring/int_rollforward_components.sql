{#- What each step of a waterfall adds: relief and reversals take away, the ends stand. -#}
{%- set components = [
    ('opening', 'opening_amount'),
    ('addition', 'addition_amount'),
    ('relieved by sale', '-relieved_by_sale_amount'),
    ('relieved by scrap', '-relieved_by_scrap_amount'),
    ('reversal', '-reversal_amount'),
    ('currency', 'currency_amount'),
    ('closing', 'closing_amount'),
] -%}
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

items as (
    select * from {{ ref('items') }}
),

rollforward_by_category as (
    select
        reserve_rollforward.period_end,
        reserve_rollforward.framework,
        items.category
        {%- for component, amount in components %}
        {%- set column = amount | replace('-', '') %},
        sum(reserve_rollforward.{{ column }}) as {{ column }}
        {%- endfor %}
    from reserve_rollforward
    inner join items on reserve_rollforward.item_id = items.item_id
    group by reserve_rollforward.period_end, reserve_rollforward.framework, items.category
),

rollforward_components as (
    {% for component, amount in components -%}
    select
        period_end,
        framework,
        category,
        '{{ component }}' as component,
        cast({{ loop.index }} as bigint) as sort_order,
        cast({{ amount }} as {{ money_total_type() }}) as amount
    from rollforward_by_category
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from rollforward_components
