{%- set windows = [3, 6, 12] -%}
{%- set net_price = ratio('net_3', 'sold_3') -%}
with position_months as (select * from {{ ref('int_position_months') }}),

price_tags as (select * from {{ ref('int_price_tags') }}),

stock_features as (select * from {{ ref('stock_features') }}),

items as (select * from {{ ref('items') }}),

order_months as (select * from {{ ref('int_order_months') }}),

prices as (select * from {{ ref('prices') }}),

-- Before the first discount, promotion or price tag on record the company may keep none: null.
first_records as (
    select
        (select min(valuation_date) from position_months where list_amount > net_amount)
            as first_discount_on,
        (select min(month_number) from order_months where promoted_quantity > 0 and flash_date is null)
            as first_promotion_month,
        (select min(valid_from) from prices) as first_price_on
),

months as (
    select
        position_months.*,
        order_months.promoted_quantity,
        {{ ratio('net_amount', 'sold_quantity') }} as net_price,
        count(case when sold_quantity > 0 then 1 end) over (
            partition by position_months.item_id, position_months.location_id, position_months.flash_date
            order by position_months.month_number nulls last
            rows between unbounded preceding and current row
        ) as sale_month_number
    from position_months
    left join order_months
        on
            position_months.item_id = order_months.item_id
            and position_months.location_id = order_months.location_id
            and position_months.month_number = order_months.month_number
            and position_months.flash_date is not distinct from order_months.flash_date
),

price_sums as (
    select
        months.*,
        {% for n in windows -%}
        {{ rolling_sum('net_amount', n) }} as net_{{ n }},
        {{ rolling_sum('list_amount', n) }} as list_{{ n }},
        {{ rolling_sum('sold_quantity', n) }} as sold_{{ n }},
        {% endfor -%}
        {{ whole_sum('net_amount', 3, lag=12) }} as net_3_last_year,
        {{ whole_sum('sold_quantity', 3, lag=12) }} as sold_3_last_year,
        {{ rolling_max('net_price', 12) }} as peak_price_12,
        {{ rolling_sum('promoted_quantity', 12) }} as promoted_12,
        max(net_price) over (partition by item_id, location_id, flash_date, sale_month_number) as last_price
    from months
),

price_features as (
    select
        price_sums.item_id,
        price_sums.location_id,
        price_sums.valuation_date,
        {% for n in windows -%}
        {{ ratio('net_' ~ n, 'sold_' ~ n) }} as net_price_{{ n }},
        case
            when first_records.first_discount_on <= price_sums.valuation_date
                then 1 - {{ ratio('net_' ~ n, 'list_' ~ n) }}
        end as discount_depth_{{ n }},
        {% endfor -%}
        last_price as last_net_price,
        {{ ratio('last_price * (1 - items.selling_cost_rate)', 'stock_features.unit_cost') }} - 1
            as realizable_margin,
        {{ ratio('last_price', 'peak_price_12') }} as price_to_peak_12,
        {{ midpoint_change(net_price, ratio('net_12', 'sold_12')) }} as price_change_12,
        {{ midpoint_change(net_price, ratio('net_3_last_year', 'sold_3_last_year')) }}
            as price_change_year,
        case
            when price_sums.month_number >= first_records.first_promotion_month
                then {{ ratio('coalesce(promoted_12, 0)', 'sold_12') }}
        end as promoted_share_12,
        {{ ratio('price_tags.tag_price', 'stock_features.unit_cost') }} as tag_price_to_cost,
        1 - {{ ratio('price_tags.tag_price', 'price_tags.regular_price') }} as markdown_depth,
        {% for measure in ['markdown_days', 'markdown_count_12'] -%}
        case
            when first_records.first_price_on <= price_sums.valuation_date
                then cast(coalesce(price_tags.{{ measure }}, 0) as double)
        end as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from price_sums
    cross join first_records
    inner join stock_features
        on
            price_sums.item_id = stock_features.item_id
            and price_sums.location_id = stock_features.location_id
            and price_sums.valuation_date = stock_features.valuation_date
    inner join items on price_sums.item_id = items.item_id
    left join price_tags
        on
            price_sums.item_id = price_tags.item_id
            and price_sums.location_id = price_tags.location_id
            and price_sums.valuation_date = price_tags.valuation_date
)

select * from price_features
