{%- set windows = [3, 6, 12] -%}
{%- set season = [var('horizon_months') | int, 12] | min -%}
with position_months as (select * from {{ ref('int_position_months') }}),

item_months as (select * from {{ ref('int_item_months') }}),

item_sums as (
    select
        *,
        {% for n in windows -%}
        {{ rolling_sum('demand_quantity', n, by='item_id') }} as demand_{{ n }},
        least(months_observed, {{ n }}) as months_{{ n }},
        {% endfor -%}
        {{ rolling_sum('order_count', 3, by='item_id') }} as orders_3,
        {{ rolling_sum('sold_quantity', 12, by='item_id') }} as sold_12,
        {{ rolling_sum('received_quantity', 3, by='item_id') }} as received_3,
        {{ whole_sum('demand_quantity', 3, lag=3, by='item_id') }} as demand_3_before,
        {{ whole_sum('demand_quantity', 3, lag=12, by='item_id') }} as demand_3_last_year,
        {{ whole_sum('demand_quantity', season, lag=12 - season, by='item_id') }} as demand_last_season,
        {{ rolling_max('on_hand_quantity', 12, by='item_id') }} as peak_quantity_12
    from item_months
),

position_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        on_hand_quantity,
        {{ rolling_sum('sold_quantity', 12) }} as sold_12
    from position_months
),

item_features as (
    select
        position_sums.item_id,
        position_sums.location_id,
        position_sums.valuation_date,
        cast(item_sums.on_hand_quantity as double) as item_quantity,
        {% for n in windows -%}
        cast(item_sums.demand_{{ n }} as double) as item_demand_quantity_{{ n }},
        {{ coverage_months('item_sums.on_hand_quantity', 'demand_' ~ n, 'months_' ~ n) }}
            as item_coverage_months_{{ n }},
        {% endfor -%}
        case
            when demand_last_season is not null
                then {{ coverage_months('item_sums.on_hand_quantity', 'demand_last_season', season) }}
        end as item_coverage_months_last_season,
        cast({{ days_between('coalesce(last_sold_on, first_posted_on)', 'item_sums.valuation_date') }} as double)
            as item_days_since_last_sale,
        {{ midpoint_change('demand_3', 'demand_3_before') }} as item_demand_change_3,
        {{ midpoint_change('demand_3', 'demand_3_last_year') }} as item_demand_change_year,
        cast(orders_3 as double) as item_order_count_3,
        {{ midpoint_change('received_3', 'greatest(demand_3, 0)') }} as item_received_to_demand_3,
        {{ ratio('item_sums.on_hand_quantity', 'peak_quantity_12') }} as item_quantity_to_peak_12,
        cast(stocking_location_count as double) as stocking_location_count,
        cast(selling_location_count as double) as selling_location_count,
        {{ ratio('position_sums.sold_12', 'item_sums.sold_12') }} as sales_share_of_item_12,
        {{ ratio('position_sums.on_hand_quantity', 'item_sums.on_hand_quantity') }}
        - {{ ratio('position_sums.sold_12', 'item_sums.sold_12') }} as stock_to_sales_imbalance_12
    from position_sums
    inner join item_sums
        on position_sums.item_id = item_sums.item_id and position_sums.valuation_date = item_sums.valuation_date
    where position_sums.on_hand_quantity > 0
)

select * from item_features
