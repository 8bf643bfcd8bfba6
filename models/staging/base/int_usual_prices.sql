with lines as (
    {{ used_rows('sales') }}
),

usual_prices as (
    select
        item_id,
        cast(date_trunc('month', sold_at) as date) as month,
        median(unit_price) as usual_price
    from lines
    where unit_price > 0
    group by item_id, cast(date_trunc('month', sold_at) as date)
    having count(*) >= 5
)

select * from usual_prices
