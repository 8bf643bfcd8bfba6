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
    where framework = '{{ var("accounting_framework") }}'
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
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
),

rollforward_long as (
    select
        rollforward_components.period_end,
        rollforward_components.framework,
        valuation_dates.is_latest as is_latest_period,
        fiscal_periods.fiscal_year,
        fiscal_periods.fiscal_quarter,
        fiscal_periods.fiscal_period,
        {{ reporting_currency() }} as currency,
        rollforward_components.category,
        rollforward_components.component,
        rollforward_components.sort_order,
        rollforward_components.amount
    from rollforward_components
    inner join valuation_dates on rollforward_components.period_end = valuation_dates.valuation_date
    inner join fiscal_periods on rollforward_components.period_end = fiscal_periods.period_end
)

select * from rollforward_long
