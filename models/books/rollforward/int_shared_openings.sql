-- A total by category is shared over the stock of that day: as the ageing policy would reserve it, and beyond its total
-- by the cost that it leaves. Each position takes the difference of two rounded cumulative shares, so that they sum to
-- the total to the last unit; no position takes more than its cost.
with books_beginning as (
    select * from {{ ref('int_books_beginning') }}
    where opening_source = 'opening_reserves'
),

opening_reserves as (
    select * from {{ ref('opening_reserves') }}
),

positions as (
    select
        present_reserves.item_id,
        present_reserves.location_id,
        books_beginning.opening_date,
        present_reserves.reserve_amount,
        present_reserves.cost_value - present_reserves.reserve_amount as left_value,
        coalesce(own_total.category, all_others.category) as category,
        coalesce(own_total.amount, all_others.amount) as total_amount
    from {{ ref('present_reserves') }} as present_reserves
    inner join books_beginning on present_reserves.valuation_date = books_beginning.opening_date
    inner join {{ ref('items') }} as items on present_reserves.item_id = items.item_id
    left join opening_reserves as own_total on items.category = own_total.category
    left join opening_reserves as all_others on all_others.category = '*'
    where present_reserves.method = 'static_ageing' and coalesce(own_total.amount, all_others.amount) > 0
),

cumulated as (
    select
        *,
        sum(reserve_amount) over (partition by category) as reserve_total,
        sum(left_value) over (partition by category) as left_total,
        sum(reserve_amount) over in_order as reserve_sum,
        sum(left_value) over in_order as left_sum
    from positions
    window
        in_order as (
            partition by category
            order by item_id nulls last, location_id nulls last
            rows between unbounded preceding and current row
        )
),

split as (
    select
        *,
        least(total_amount, reserve_total) as by_policy_amount,
        least(greatest(total_amount - reserve_total, 0), left_total) as beyond_amount
    from cumulated
),

shared_openings as (
    select
        item_id,
        location_id,
        opening_date,
        cast(
            {{ exact_share('by_policy_amount', 'reserve_sum', 'reserve_total') }}
            - {{ exact_share('by_policy_amount', '(reserve_sum - reserve_amount)', 'reserve_total') }}
            + {{ exact_share('beyond_amount', 'left_sum', 'left_total') }}
            - {{ exact_share('beyond_amount', '(left_sum - left_value)', 'left_total') }}
            as {{ money_type() }}
        ) as amount
    from split
)

select * from shared_openings
