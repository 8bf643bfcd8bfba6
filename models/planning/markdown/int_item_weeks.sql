-- List prices, before discounts of a customer or a promotion: the one that most lines of the week had.
with movements as (
    select
        *,
        cast(floor({{ days_between("date '2000-01-03'", 'posted_on') }} / 7.0) as bigint) as week_number,
        case
            when movement_type = 'sale' and quantity_change < 0 and gross_amount > 0
                then cast(round({{ ratio('gross_amount', '-quantity_change') }}, 4) as {{ money_total_type() }})
        end as list_price
    from {{ ref('movements') }}
),

prices as (
    select
        item_id,
        week_number,
        list_price,
        count(*) as line_count,
        sum(-quantity_change) as sold_quantity
    from movements
    where list_price is not null
    group by item_id, week_number, list_price
),

prices_ranked as (
    select
        *,
        row_number() over (
            partition by item_id, week_number order by line_count desc nulls last, list_price desc nulls last
        ) as price_rank
    from prices
),

weeks_sold as (
    select
        item_id,
        week_number,
        sum(sold_quantity) as sold_quantity,
        sum(line_count) as line_count,
        max(case when price_rank = 1 then list_price end) as list_price,
        max(case when price_rank = 1 then line_count end) as agreed_line_count
    from prices_ranked
    group by item_id, week_number
),

weeks_moved as (
    select
        item_id,
        week_number,
        sum(quantity_change) as stock_change_quantity
    from movements
    group by item_id, week_number
),

item_weeks as (
    select
        weeks_moved.item_id,
        weeks_moved.week_number,
        coalesce(weeks_sold.sold_quantity, 0) as sold_quantity,
        coalesce(weeks_sold.line_count, 0) as line_count,
        weeks_sold.list_price,
        {{ ratio('weeks_sold.agreed_line_count', 'weeks_sold.line_count') }} as agreement_rate,
        weeks_moved.stock_change_quantity
    from weeks_moved
    left join weeks_sold
        on weeks_moved.item_id = weeks_sold.item_id and weeks_moved.week_number = weeks_sold.week_number
)

select * from item_weeks
