{%- set looks = ['last_month', 'typical_month', 'trimmed_4', 'trimmed_6', 'trimmed_12'] -%}
{%- set horizon = var('horizon_months') -%}
-- What share of a stock is to sell: half what the looks say by themselves, half what was learned of them. The first
-- needs no past; they err in different ways, and equal weights are hard to beat (Clemen, 1989). See
-- docs/experiments.md.
with stock_looks as (
    select * from {{ ref('int_stock_looks') }}
),

expected_demands as (
    select * from {{ ref('int_expected_demands') }}
),

sell_through_scores as (
    select * from {{ ref('int_sell_through_scores') }}
),

pooled as (
    select
        *,
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
        expected_demands.expected_demand_quantity as forecast_quantity,
        pooled.pooled_sold_rate,
        sell_through_scores.sold_rate as learned_sold_rate,
        sell_through_scores.run_id,
        (pooled.pooled_sold_rate + coalesce(sell_through_scores.sold_rate, pooled.pooled_sold_rate)) / 2 as sold_rate
    from pooled
    inner join expected_demands
        on
            pooled.item_id = expected_demands.item_id
            and pooled.location_id = expected_demands.location_id
            and pooled.valuation_date = expected_demands.valuation_date
    left join sell_through_scores
        on
            pooled.item_id = sell_through_scores.item_id
            and pooled.location_id = sell_through_scores.location_id
            and pooled.valuation_date = sell_through_scores.valuation_date
)

select * from demand_targets
