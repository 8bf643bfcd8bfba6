{%- set contexts = {
    'category': 'category',
    'location': 'location_id',
} -%}
with position_months as (select * from {{ ref('int_position_months') }}),

position_values as (select * from {{ ref('int_position_values') }}),

items as (select * from {{ ref('items') }}),

months as (
    select
        position_months.*,
        items.category
    from position_months
    inner join items on position_months.item_id = items.item_id
),

{% for context, key in contexts.items() -%}
{{ context }}_stock as (
    select
        {{ key }},
        valuation_date,
        sum(cost_value) as cost_value,
        {{ ratio('sum(dead_value)', 'sum(cost_value)') }} as dead_value_share,
        {{ ratio('sum(excess_value)', 'sum(cost_value)') }} as excess_share,
        {{ ratio('sum(aged_value)', 'sum(cost_value)') }} as weighted_age_days,
        {{ coverage_months('sum(cost_value)', 'sum(monthly_use_value)', 1) }} as coverage_months
    from position_values
    group by {{ key }}, valuation_date
),

{{ context }}_months as (
    select
        {{ key }},
        valuation_date,
        month_number,
        flash_date,
        row_number() over (partition by {{ key }}, flash_date order by month_number nulls last)
            as months_observed,
        sum(net_amount) as net_amount
    from months
    group by {{ key }}, valuation_date, month_number, flash_date
),

{{ context }}_sales as (
    select
        *,
        {{ rolling_sum('net_amount', 3, by=key ~ ', flash_date') }} as net_3,
        {{ whole_sum('net_amount', 3, lag=3, by=key ~ ', flash_date') }} as net_3_before,
        {{ whole_sum('net_amount', 3, lag=12, by=key ~ ', flash_date') }} as net_3_last_year
    from {{ context }}_months
),

{% endfor -%}
item_stock as (
    select
        item_id,
        valuation_date,
        sum(greatest(on_hand_quantity, 0)) as quantity
    from position_months
    group by item_id, valuation_date
),

category_features as (
    select
        position_values.item_id,
        position_values.location_id,
        position_values.valuation_date,
        {% for context in contexts -%}
        {{ ratio('position_values.cost_value', context ~ '_stock.cost_value') }}
            as {{ context }}_value_share,
        {{ context }}_stock.dead_value_share as {{ context }}_dead_value_share,
        {{ context }}_stock.excess_share as {{ context }}_excess_share,
        {{ context }}_stock.weighted_age_days as {{ context }}_weighted_age_days,
        {{ context }}_stock.coverage_months as {{ context }}_coverage_months,
        {{ midpoint_change(context ~ '_sales.net_3', context ~ '_sales.net_3_before') }}
            as {{ context }}_sales_change_3,
        {{ midpoint_change(context ~ '_sales.net_3', context ~ '_sales.net_3_last_year') }}
            as {{ context }}_sales_change_year,
        {% endfor -%}
        1 - {{ ratio('position_values.quantity', 'item_stock.quantity') }} as stock_elsewhere_share,
        percent_rank() over (
            partition by position_values.category, position_values.valuation_date
            order by position_values.cost_value nulls first
        ) as value_rank_in_category,
        percent_rank() over (
            partition by position_values.category, position_values.valuation_date
            order by position_values.daily_velocity_12 nulls first
        ) as velocity_rank_in_category
    from position_values
    {% for context, key in contexts.items() -%}
    left join {{ context }}_stock
        on
            position_values.{{ key }} = {{ context }}_stock.{{ key }}
            and position_values.valuation_date = {{ context }}_stock.valuation_date
    left join {{ context }}_sales
        on
            position_values.{{ key }} = {{ context }}_sales.{{ key }}
            and position_values.valuation_date = {{ context }}_sales.valuation_date
    {% endfor -%}
    inner join item_stock
        on
            position_values.item_id = item_stock.item_id
            and position_values.valuation_date = item_stock.valuation_date
)

select * from category_features
