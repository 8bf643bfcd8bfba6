{%- set windows = [1, 3, 6, 12] -%}
with position_months as (select * from {{ ref('int_position_months') }}),

order_months as (select * from {{ ref('int_order_months') }}),

-- Before the first return on record the company may note none: null, not zero.
first_records as (
    select min(month_number) as first_return_month
    from position_months
    where returned_quantity > 0 and flash_date is null
),

months as (
    select
        position_months.*,
        order_months.largest_order_quantity,
        order_months.buyer_change,
        {{ squared('sold_quantity') }} as sold_square,
        cast(position_months.month_number * sold_quantity as decimal(38, 6)) as sold_moment
    from position_months
    left join order_months
        on
            position_months.item_id = order_months.item_id
            and position_months.location_id = order_months.location_id
            and position_months.month_number = order_months.month_number
            and position_months.flash_date is not distinct from order_months.flash_date
),

demand_sums as (
    select
        months.*,
        coalesce(last_sold_on, first_posted_on) as last_seen_on,
        least(months_observed, 12) as months_12,
        {% for n in windows -%}
        {{ rolling_sum('sold_quantity', n) }} as sold_{{ n }},
        {{ rolling_sum('demand_quantity', n) }} as demand_{{ n }},
        {{ rolling_sum('order_count', n) }} as orders_{{ n }},
        days_in_stock_to_date - coalesce(lag(days_in_stock_to_date, {{ n }}) over history, 0)
            as stock_days_{{ n }},
        {% endfor -%}
        days_observed_to_date - coalesce(lag(days_observed_to_date, 12) over history, 0) as days_12,
        {{ rolling_sum('returned_quantity', 12) }} as returned_12,
        {{ rolling_sum('case when sold_quantity > 0 then 1 else 0 end', 12) }} as sale_months_12,
        {{ rolling_sum('sold_square', 12) }} as squares_12,
        {{ rolling_sum('sold_moment', 12) }} as moment_12,
        {{ rolling_max('sold_quantity', 12) }} as largest_month_12,
        {{ rolling_max('largest_order_quantity', 12) }} as largest_order_12,
        {{ whole_sum('demand_quantity', 3, lag=3) }} as demand_3_before,
        {{ whole_sum('demand_quantity', 3, lag=6) }} as demand_3_two_before,
        {{ whole_sum('demand_quantity', 6, lag=6) }} as demand_6_before,
        {{ whole_sum('demand_quantity', 3, lag=12) }} as demand_3_last_year,
        sum(buyer_change) over history as buyers_12
    from months
    window history as (
        partition by item_id, location_id, flash_date order by month_number nulls last
        rows between unbounded preceding and current row
    )
),

demand_features as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for n in windows -%}
        cast(demand_{{ n }} as double) as demand_quantity_{{ n }},
        {% if n > 1 -%}
        {{ ratio('sold_' ~ n, 'stock_days_' ~ n) }} as daily_velocity_{{ n }},
        {% endif -%}
        {% endfor -%}
        {{ ratio('stock_days_12', 'days_12') }} as days_in_stock_share_12,
        {{ midpoint_change('demand_3', 'demand_3_before') }} as demand_change_3,
        {{ midpoint_change('demand_6', 'demand_6_before') }} as demand_change_6,
        {{ midpoint_change('demand_3', 'demand_3_last_year') }} as demand_change_year,
        {{ midpoint_change('demand_3', 'demand_3_before') }}
        - {{ midpoint_change('demand_3_before', 'demand_3_two_before') }} as demand_acceleration,
        -- Slope of the least squares line through the last twelve months, over their mean.
        case
            when months_12 >= 3
                then
                    ({{ ratio('moment_12', 'sold_12') }} - month_number + 0.5e0 * (months_12 - 1))
                    * 12 / (months_12 * months_12 - 1)
        end as demand_trend_12,
        cast({{ days_between('last_seen_on', 'valuation_date') }} as double)
            as days_since_last_sale,
        cast(sale_months_12 as double) as months_with_sales_12,
        {{ ratio('months_12', 'sale_months_12') }} as demand_interval_12,
        case
            when sale_months_12 >= 2
                then
                    sale_months_12 * {{ ratio('squares_12', 'power(cast(sold_12 as double), 2)') }}
                    - 1
        end as demand_size_variation_12,
        cast(orders_3 as double) as order_count_3,
        cast(orders_12 as double) as order_count_12,
        cast(nullif(buyers_12, 0) as double) as buyer_count_12,
        {{ ratio('sold_12', 'orders_12') }} as mean_order_quantity_12,
        {{ ratio('largest_order_12', 'sold_12') }} as largest_order_share_12,
        {{ ratio('largest_month_12', 'sold_12') }} as largest_month_share_12,
        case
            when sold_12 > 0 and month_number >= first_records.first_return_month
                then least(1, {{ ratio('returned_12', 'sold_12') }})
        end as returned_share_12
    from demand_sums
    cross join first_records
    where valuation_date is not null and on_hand_quantity > 0
)

select * from demand_features
