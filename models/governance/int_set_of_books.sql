-- Whose books these are: a file may have served several companies. Remembered books are this company's where at least
-- half of the positions closed last have, by its own tables, the quantity with which they were closed.
with closed_reserves as (
    {{ remembered_rows('closed_reserves') }}
),

period_closings as (
    {{ remembered_rows('period_closings') }}
),

on_hand as (
    select * from {{ ref('on_hand') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

last_closings as (
    select
        period_closings.set_of_books,
        max(period_closings.period_end) as closed_through
    from period_closings
    inner join valuation_dates on period_closings.period_end = valuation_dates.valuation_date
    group by period_closings.set_of_books
),

likenesses as (
    select
        last_closings.set_of_books,
        last_closings.closed_through,
        count(closed_reserves.item_id) as position_count,
        count(on_hand.item_id) as like_count
    from last_closings
    left join closed_reserves
        on
            last_closings.set_of_books = closed_reserves.set_of_books
            and last_closings.closed_through = closed_reserves.period_end
            and closed_reserves.framework = 'us_gaap'
    left join on_hand
        on
            closed_reserves.item_id = on_hand.item_id
            and closed_reserves.location_id = on_hand.location_id
            and closed_reserves.period_end = on_hand.valuation_date
            and closed_reserves.quantity = on_hand.quantity
    group by last_closings.set_of_books, last_closings.closed_through
),

fitting_books as (
    select
        set_of_books,
        closed_through,
        row_number() over (order by like_count desc nulls last, set_of_books asc nulls last) as place
    from likenesses
    where
        {% if var('set_of_books') -%}
        set_of_books = '{{ sql_text(var("set_of_books")) }}'
        {%- else -%}
        position_count > 0 and 2 * like_count >= position_count
        {%- endif %}
),

names as (
    select
        '{{ sql_text(var("set_of_books") or var("source_schema") or var("source_path")) }}' as new_name,
        count(distinct set_of_books) as book_count,
        max(case when set_of_books = '{{ sql_text(var("source_schema") or var("source_path")) }}' then 1 else 0 end)
            as is_taken
    from period_closings
),

set_of_books as (
    select
        coalesce(
            fitting_books.set_of_books,
            case
                when names.is_taken = 1 then names.new_name || ' (' || (names.book_count + 1) || ')'
                else names.new_name
            end
        ) as set_of_books,
        fitting_books.closed_through
    from names
    left join fitting_books on fitting_books.place = 1
)

select * from set_of_books
