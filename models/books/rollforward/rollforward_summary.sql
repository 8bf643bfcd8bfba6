{%- set amounts = [
    'opening_amount', 'addition_amount', 'relieved_by_sale_amount', 'relieved_by_scrap_amount', 'reversal_amount',
    'currency_amount', 'closing_amount',
] -%}
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

items as (
    select * from {{ ref('items') }}
),

fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
),

by_category as (
    select
        reserve_rollforward.period_end,
        reserve_rollforward.framework,
        coalesce(items.category, 'uncategorised') as category
        {%- for amount in amounts %},
        sum(reserve_rollforward.{{ amount }}) as {{ amount }}
        {%- endfor %}
    from reserve_rollforward
    left join items on reserve_rollforward.item_id = items.item_id
    group by reserve_rollforward.period_end, reserve_rollforward.framework, coalesce(items.category, 'uncategorised')
),

by_category_and_total as (
    select
        period_end,
        framework,
        category,
        false as is_total
        {%- for amount in amounts %},
        cast({{ amount }} as {{ money_total_type() }}) as {{ amount }}
        {%- endfor %}
    from by_category
    union all
    select
        period_end,
        framework,
        'all' as category,
        true as is_total
        {%- for amount in amounts %},
        cast(sum({{ amount }}) as {{ money_total_type() }}) as {{ amount }}
        {%- endfor %}
    from by_category
    group by period_end, framework
),

rollforward_summary as (
    select
        by_category_and_total.period_end,
        by_category_and_total.framework,
        fiscal_periods.fiscal_year,
        fiscal_periods.fiscal_quarter,
        fiscal_periods.fiscal_period,
        by_category_and_total.category,
        by_category_and_total.is_total
        {%- for amount in amounts %},
        by_category_and_total.{{ amount }}
        {%- endfor %}
    from by_category_and_total
    inner join fiscal_periods on by_category_and_total.period_end = fiscal_periods.period_end
)

select * from rollforward_summary
