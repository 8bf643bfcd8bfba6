-- What an item sells for: in a month with five sales or more their median, else the median of the months before.
with item_months as (
    select
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        median(cast(unit_price as double)) as unit_price,
        count(*) as line_count
    from {{ ref('int_used_sales') }}
    where unit_price > 0
    group by item_id, cast(date_trunc('month', sold_at) as date)
),

compared as (
    select
        item_id,
        month,
        line_count >= 5 as is_of_its_month,
        case
            when line_count >= 5 then unit_price
            when sum(line_count) over earlier_months >= 3 then median(unit_price) over earlier_months
        end as usual_price
    from item_months
    window earlier_months as (
        partition by item_id order by month nulls last rows between 7 preceding and 1 preceding
    )
),

usual_prices as (
    select * from compared
    where usual_price is not null
)

select * from usual_prices
