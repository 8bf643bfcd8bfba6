-- Of a month's sales as many units count as were in stock at the valuation date: these are what NRV speaks of.
with price_forecasts as (
    select * from {{ ref('price_forecasts') }}
),

origins as (
    select distinct origin_date from {{ ref('training_windows') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where sold_quantity > 0 and net_amount > 0
),

sales as (
    select
        price_forecasts.item_id,
        price_forecasts.location_id,
        price_forecasts.valuation_date,
        price_forecasts.present_net_price,
        price_forecasts.expected_net_price,
        price_forecasts.markdown_probability,
        least(realised_outcomes.quantity, demand_months.sold_quantity) as quantity,
        {{ rounded_amount(ratio('demand_months.net_amount', 'demand_months.sold_quantity')) }} as net_price
    from price_forecasts
    inner join origins on price_forecasts.valuation_date = origins.origin_date
    inner join realised_outcomes
        on
            price_forecasts.item_id = realised_outcomes.item_id
            and price_forecasts.location_id = realised_outcomes.location_id
            and price_forecasts.valuation_date = realised_outcomes.valuation_date
    inner join demand_months
        on
            price_forecasts.item_id = demand_months.item_id
            and price_forecasts.location_id = demand_months.location_id
            and price_forecasts.forecast_month = demand_months.valuation_date
),

amounts as (
    select
        *,
        {{ product('quantity', 'net_price') }} as net_amount,
        {{ product('quantity', 'present_net_price') }} as present_amount
        {%- for method, price in {'ml': 'expected_net_price', 'present_price': 'present_net_price'}.items() %},
        {{ product('quantity', price) }} - {{ product('quantity', 'net_price') }} as {{ method }}_error
        {%- endfor %},
        case when net_price <= 0.9 * present_net_price then 1 else 0 end as is_markdown
    from sales
),

{% set metrics = {} -%}
{% for method in ['ml', 'present_price'] -%}
{% do metrics.update({
    (method, 'price_wape'): ratio('sum(abs(' ~ method ~ '_error))', 'sum(net_amount)'),
    (method, 'price_bias'): ratio('sum(' ~ method ~ '_error)', 'sum(net_amount)'),
}) -%}
{% endfor -%}
{% set missed = 'power(is_markdown - markdown_probability, 2) * cast(present_amount as double)' -%}
{% do metrics.update({
    ('ml', 'markdown_brier_score'): ratio('sum(' ~ rounded_amount(missed) ~ ')', 'sum(present_amount)'),
    ('ml', 'markdown_prevalence'): ratio('sum(is_markdown * present_amount)', 'sum(present_amount)'),
}) -%}
price_accuracy as (
    {% for (method, metric), value in metrics.items() -%}
    select
        valuation_date,
        '{{ method }}' as method,
        '{{ metric }}' as metric,
        {{ value }} as value,
        count(distinct item_id || '/' || location_id) as positions
    from amounts
    group by valuation_date
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from price_accuracy
