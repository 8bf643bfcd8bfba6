{%- set looks = ['last_month', 'typical_month', 'trimmed_4', 'trimmed_6', 'trimmed_12'] -%}
{%- set horizon = var('horizon_months') -%}
-- The forecast is the mean of three trimmed means, and the share of a stock that is to sell is half what the looks say
-- by themselves, half what was learned of them. The first needs no past; they err in different ways, and equal weights
-- are hard to beat (Clemen, 1989). See docs/experiments.md.
with stock_looks as (
    select * from {{ ref('int_stock_looks') }}
),

sell_through_scores as (
    select * from {{ ref('int_sell_through_scores') }}
),

pooled as (
    select
        *,
        {{ horizon }} * (trimmed_4_quantity + trimmed_6_quantity + trimmed_12_quantity) / 3 as forecast_quantity,
        (
            {% for look in looks -%}
            least({{ horizon }} * {{ look }}_quantity / quantity, 1){{ ' +' if not loop.last }}
            {% endfor -%}
        ) / {{ looks | length }} as pooled_sold_rate
    from stock_looks
),

demand_targets as (
    select
        pooled.item_id,
        pooled.location_id,
        pooled.valuation_date,
        pooled.quantity,
        pooled.forecast_quantity,
        pooled.pooled_sold_rate,
        sell_through_scores.sold_rate as learned_sold_rate,
        sell_through_scores.run_id,
        (pooled.pooled_sold_rate + coalesce(sell_through_scores.sold_rate, pooled.pooled_sold_rate)) / 2 as sold_rate
    from pooled
    left join sell_through_scores
        on
            pooled.item_id = sell_through_scores.item_id
            and pooled.location_id = sell_through_scores.location_id
            and pooled.valuation_date = sell_through_scores.valuation_date
)

select * from demand_targets
