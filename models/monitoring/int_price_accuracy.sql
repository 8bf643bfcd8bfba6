{%- set methods = {'champion': 'expected', 'present_price': 'present'} -%}
-- Of a month's sales as many units count as were in stock at the valuation date: these are what NRV speaks of.
with price_forecasts as (
    select * from {{ ref('price_forecasts') }}
),

origins as (
    select distinct origin_date from {{ ref('training_windows') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null and sold_quantity > 0 and net_amount > 0
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
        {{ rounded_unit_value(ratio('demand_months.net_amount', 'demand_months.sold_quantity')) }} as net_price
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

errors as (
    select
        *,
        {{ market_amount('quantity', 'net_price') }} as net_amount,
        {{ market_amount('quantity', 'present_net_price') }} as present_amount,
        {{ market_amount('quantity', 'expected_net_price') }} as expected_amount,
        case when net_price <= 0.9 * present_net_price then 1 else 0 end as is_markdown
    from sales
),

sums as (
    select
        valuation_date,
        count(distinct item_id || '/' || location_id) as positions,
        sum(net_amount) as net_amount,
        sum(present_amount) as present_amount,
        {%- for method, forecast in methods.items() %}
        sum({{ forecast }}_amount - net_amount) as {{ method }}_error,
        sum(abs({{ forecast }}_amount - net_amount)) as {{ method }}_absolute_error,
        {%- endfor %}
        sum(is_markdown * present_amount) as marked_down_amount,
        sum({{ rounded_total('power(is_markdown - markdown_probability, 2) * cast(present_amount as double)') }})
            as missed_amount
    from errors
    group by valuation_date
),

price_accuracy as (
    {% for method in methods -%}
    {% for metric, error in {'price_wape': 'absolute_error', 'price_bias': 'error'}.items() -%}
    select
        valuation_date,
        '{{ method }}' as method,
        '{{ metric }}' as metric,
        {{ ratio(method ~ '_' ~ error, 'net_amount') }} as value,
        positions
    from sums
    union all
    {% endfor -%}
    {% endfor -%}
    {% for metric, amount in {'markdown_brier_score': 'missed', 'markdown_prevalence': 'marked_down'}.items() -%}
    select
        valuation_date,
        'champion' as method,
        '{{ metric }}' as metric,
        {{ ratio(amount ~ '_amount', 'present_amount') }} as value,
        positions
    from sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from price_accuracy
