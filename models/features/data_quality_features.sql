with position_months as (select * from {{ ref('int_position_months') }}),

count_variances as (select * from {{ ref('count_variances') }}),

stg_stock_counts as (select * from {{ ref('stg_stock_counts') }}),

month_days as (select * from {{ ref('int_month_days') }}),

counts as (
    select
        count_variances.item_id,
        count_variances.location_id,
        month_days.flash_date,
        month_days.month_end,
        sum(abs(count_variances.variance_quantity)) as variance_quantity,
        sum(greatest(count_variances.book_quantity, 0)) as book_quantity
    from count_variances
    inner join (
        select count_id, item_id, location_id, max(known_at) as known_at
        from stg_stock_counts
        group by count_id, item_id, location_id
    ) as known_counts
        on
            count_variances.count_id = known_counts.count_id
            and count_variances.item_id = known_counts.item_id
            and count_variances.location_id = known_counts.location_id
    inner join month_days on cast(known_counts.known_at as date) = month_days.day
    group by count_variances.item_id, count_variances.location_id, month_days.flash_date, month_days.month_end
),

months as (
    select
        position_months.item_id,
        position_months.location_id,
        position_months.valuation_date,
        position_months.month_number,
        position_months.flash_date,
        position_months.months_observed,
        position_months.on_hand_quantity,
        counts.variance_quantity,
        counts.book_quantity,
        case when position_months.on_hand_quantity < 0 then 1 else 0 end as is_negative
    from position_months
    left join counts
        on
            position_months.item_id = counts.item_id
            and position_months.location_id = counts.location_id
            and position_months.flash_date is not distinct from counts.flash_date
            and position_months.month_end = counts.month_end
),

sums as (
    select
        *,
        {% for fact in ['variance_quantity', 'book_quantity', 'is_negative'] -%}
        {{ rolling_sum(fact, 12) }} as {{ fact }}_12{{ ',' if not loop.last }}
        {% endfor %}
    from months
),

data_quality_features as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(months_observed as double) as history_months,
        {{ ratio('is_negative_12', 'least(months_observed, 12)') }} as negative_stock_share_12,
        {{ ratio('variance_quantity_12', 'book_quantity_12') }} as count_variance_rate_12
    from sums
    where valuation_date is not null and on_hand_quantity > 0
)

select * from data_quality_features
