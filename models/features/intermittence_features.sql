{%- set windows = [3, 12] -%}
with position_months as (select * from {{ ref('int_position_months') }}),

sale_day_months as (select * from {{ ref('int_sale_day_months') }}),

months as (
    select
        position_months.*,
        {% for fact in ['sale_days', 'sale_weeks', 'gaps', 'gap_days', 'gap_square', 'day_square', 'week_square'] -%}
        coalesce(sale_day_months.{{ fact }}, 0) as {{ fact }},
        {% endfor -%}
        sale_day_months.largest_week_quantity,
        sale_day_months.longest_gap_days
    from position_months
    left join sale_day_months
        on
            position_months.item_id = sale_day_months.item_id
            and position_months.location_id = sale_day_months.location_id
            and position_months.valuation_date = sale_day_months.valuation_date
),

sums as (
    select
        *,
        {{ days_between('coalesce(last_sold_on, first_posted_on)', 'valuation_date') }} as current_gap_days,
        {{ rolling_sum('sold_quantity', 12) }} as sold_12,
        {{ rolling_sum('case when sold_quantity > 0 then 1 else 0 end', 6) }} as sale_months_6,
        {% for n in windows -%}
        {{ rolling_sum('sale_days', n) }} as sale_days_{{ n }},
        {{ rolling_sum('sale_weeks', n) }} as sale_weeks_{{ n }},
        days_observed_to_date - coalesce(
            lag(days_observed_to_date, {{ n }}) over (
                partition by item_id, location_id order by month_number nulls last
            ), 0
        ) as days_{{ n }},
        {% endfor -%}
        {{ rolling_sum('order_count', 3) }} as orders_3,
        {% for fact in ['gaps', 'gap_days', 'gap_square', 'day_square', 'week_square'] -%}
        {{ rolling_sum(fact, 12) }} as {{ fact }}_12,
        {% endfor -%}
        {{ rolling_max('largest_week_quantity', 12) }} as largest_week_12,
        {{ rolling_max('longest_gap_days', 12) }} as longest_gap_12,
        {{ whole_sum('order_count', 3, lag=3) }} as orders_3_before,
        {{ whole_sum('order_count', 3, lag=12) }} as orders_3_last_year,
        {{ whole_sum('sale_days', 3, lag=3) }} as sale_days_3_before
    from months
),

intermittence_features as (
    select
        item_id,
        location_id,
        valuation_date,
        {{ ratio('sale_months_6', 'least(months_observed, 6)') }} as sale_months_share_6,
        {% for n in windows -%}
        {{ ratio('sale_days_' ~ n, 'days_' ~ n) }} as sale_days_share_{{ n }},
        {{ ratio('sale_weeks_' ~ n, '4 * least(months_observed, ' ~ n ~ ')') }} as sale_weeks_share_{{ n }},
        {% endfor -%}
        case
            when sale_weeks_12 >= 2
                then sale_weeks_12 * {{ ratio('week_square_12', 'power(cast(sold_12 as double), 2)') }} - 1
        end as week_size_variation_12,
        case
            when sale_days_12 >= 2
                then sale_days_12 * {{ ratio('day_square_12', 'power(cast(sold_12 as double), 2)') }} - 1
        end as day_size_variation_12,
        {{ ratio('largest_week_12', 'sold_12') }} as largest_week_share_12,
        {{ ratio('gap_days_12', 'gaps_12') }} as sale_gap_days_12,
        cast(longest_gap_12 as double) as longest_sale_gap_days_12,
        case
            when gaps_12 >= 2 then gaps_12 * {{ ratio('gap_square_12', 'power(cast(gap_days_12 as double), 2)') }} - 1
        end as sale_gap_variation_12,
        current_gap_days * {{ ratio('gaps_12', 'gap_days_12') }} as gap_to_mean_gap,
        {{ ratio('current_gap_days', 'longest_gap_12') }} as gap_to_longest_gap,
        {{ midpoint_change('orders_3', 'orders_3_before') }} as order_count_change_3,
        {{ midpoint_change('orders_3', 'orders_3_last_year') }} as order_count_change_year,
        {{ midpoint_change('sale_days_3', 'sale_days_3_before') }} as sale_days_change_3
    from sums
    where on_hand_quantity > 0
)

select * from intermittence_features
