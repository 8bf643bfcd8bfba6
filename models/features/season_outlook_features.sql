{%- set season = [var('horizon_months') | int, 12] | min -%}
{%- set lag = 12 - season -%}
-- Where the year stands, and what the coming season brings if it repeats last year's with this year's growth.
with position_months as (select * from {{ ref('int_position_months') }}),

category_months as (select * from {{ ref('int_category_months') }}),

stock_features as (select * from {{ ref('stock_features') }}),

items as (select * from {{ ref('items') }}),

category_sums as (
    select
        *,
        {{ whole_sum('net_amount', 12, by='category') }} as net_12,
        {{ whole_sum('net_amount', 3, by='category') }} as net_3,
        {{ whole_sum('net_amount', 3, lag=9, by='category') }} as net_3_ahead,
        {{ whole_sum('net_amount', 6, by='category') }} as net_6,
        {{ whole_sum('net_amount', 6, lag=12, by='category') }} as net_6_last_year,
        {{ rolling_max('net_amount', 12, by='category') }} as best_month,
        -- The month's number rides behind the amount, so that the largest of both names the best month.
        cast({{ rolling_max(
            'cast(round(greatest(net_amount, 0)) as decimal(34, 0)) * 10000 + month_number', 12, by='category'
        ) }} % 10000 as bigint) as best_month_number
    from category_months
),

category_outlooks as (
    select
        category,
        valuation_date,
        4 * {{ ratio('net_3', 'net_12') }} as past_index_3,
        4 * {{ ratio('net_3_ahead', 'net_12') }} as ahead_index_3,
        12 * {{ ratio('best_month', 'net_12') }} as season_strength,
        {{ ratio('net_6', 'net_6_last_year') }} as growth,
        case when months_observed >= 12 then 12 + best_month_number - month_number end as months_to_peak
    from category_sums
),

position_sums as (
    select
        *,
        {{ rolling_sum('order_count', 12) }} as orders_12,
        {{ whole_sum('demand_quantity', 6) }} as demand_6,
        {{ whole_sum('demand_quantity', 6, lag=12) }} as demand_6_last_year,
        {{ whole_sum('demand_quantity', season, lag=lag) }} as demand_last_season
    from position_months
),

-- An item's growth counts by its orders: twenty weigh as much as its category's.
grown as (
    select
        position_sums.*,
        items.category,
        case
            when demand_6_last_year > 0
                then
                    (
                        orders_12 * least(4, greatest(0, {{ ratio('demand_6', 'demand_6_last_year') }}))
                        + 20 * least(4, coalesce(category_outlooks.growth, 1))
                    ) / (orders_12 + 20)
            else category_outlooks.growth
        end as growth,
        category_outlooks.growth as category_growth,
        past_index_3,
        ahead_index_3,
        season_strength,
        months_to_peak
    from position_sums
    inner join items on position_sums.item_id = items.item_id
    left join category_outlooks
        on
            items.category = category_outlooks.category
            and position_sums.valuation_date = category_outlooks.valuation_date
),

season_outlook_features as (
    select
        grown.item_id,
        grown.location_id,
        grown.valuation_date,
        grown.growth as demand_growth_year_6,
        grown.category_growth as category_growth_year_6,
        case
            when demand_last_season is not null and growth is not null
                then {{ coverage_months('on_hand_quantity', 'demand_last_season * growth', season) }}
        end as coverage_months_season_grown,
        past_index_3 as category_season_index_past_3,
        {{ midpoint_change('ahead_index_3', 'past_index_3') }} as category_season_turn_3,
        case when ahead_index_3 > 0 then least(120, coverage_months_3 * past_index_3 / ahead_index_3) end
            as coverage_months_season_turned,
        season_strength as category_season_strength_12,
        cast(months_to_peak as double) as category_months_to_peak
    from grown
    inner join stock_features
        on
            grown.item_id = stock_features.item_id
            and grown.location_id = stock_features.location_id
            and grown.valuation_date = stock_features.valuation_date
)

select * from season_outlook_features
