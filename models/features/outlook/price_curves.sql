{%- set months_in_band = {1: 6, 2: 6, 3: 12, 4: 12} -%}
-- How goods lose value with age: what is left of a launch price at the end of each age, the last one at three years.
with curves as (
    select * from {{ ref('int_price_curves') }}
),

bands as (
    select
        *,
        case age_band
            {%- for band, months in months_in_band.items() %}
            when {{ band }} then {{ months }}
            {%- endfor %}
        end as months_in_band
    from curves
),

price_curves as (
    select
        category,
        age_band,
        has_long_cover = 1 as has_long_cover,
        valuation_date,
        sale_months,
        exp(price_jump) - 1 as jump_rate,
        exp(monthly_price_change) - 1 as monthly_change_rate,
        exp(sum(months_in_band * monthly_price_change) over (
            partition by category, valuation_date, has_long_cover order by age_band nulls last
            rows between unbounded preceding and current row
        )) as price_left_rate,
        1 - exp(-markdown_hazard) as monthly_markdown_rate,
        foreseen_share as foreseen_share_rate,
        price_spread as price_spread_rate
    from bands
)

select * from price_curves
