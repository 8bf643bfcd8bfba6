-- A line without a price was sold at what its item sells for in its month; where that month has few sales, at the
-- price of the sale next to it up to the end of the month; where there is none, at its list price; else at its cost, as
-- what is used and not sold. A company whose lines all bear a price of nothing keeps no prices: it gives nothing away.
with lines as (
    select * from {{ ref('int_used_sales') }}
),

highest_prices as (
    select max(unit_price) as highest_price
    from lines
),

unpriced as (
    select
        lines.source_row_number,
        lines.item_id,
        lines.sold_at,
        cast(date_trunc('month', lines.sold_at) as date) as month
    from lines
    cross join highest_prices
    where lines.unit_price is null or highest_prices.highest_price = 0
),

neighbours as (
    select
        unpriced.source_row_number,
        min_by(
            lines.unit_price,
            abs({{ seconds_since_1970('lines.sold_at') }} - {{ seconds_since_1970('unpriced.sold_at') }}) * 1000000000
            + lines.source_row_number
        ) as unit_price
    from unpriced
    inner join lines on unpriced.item_id = lines.item_id
    where lines.unit_price > 0 and cast(date_trunc('month', lines.sold_at) as date) <= unpriced.month
    group by unpriced.source_row_number
),

usual_prices as (
    select * from {{ ref('int_usual_prices') }}
    where is_of_its_month
),

list_prices as (
    select * from {{ ref('int_list_prices') }}
),

stg_items as (
    select * from {{ ref('stg_items') }}
),

costs as (
    select
        item_id,
        received_at,
        source_row_number,
        unit_cost
    from {{ ref('int_used_receipts') }}
    where unit_cost > 0
    union all
    select
        item_id,
        cast(as_of as timestamp) as received_at,
        0 as source_row_number,
        unit_cost
    from {{ ref('stg_opening_stock') }}
    where unit_cost > 0
),

last_costs as (
    select
        item_id,
        cast(date_trunc('month', received_at) as date) as month,
        max_by(
            unit_cost, {{ seconds_since_1970('received_at') }} * 1000000000 + source_row_number
        ) as unit_cost
    from costs
    group by item_id, cast(date_trunc('month', received_at) as date)
),

cost_spans as (
    select
        item_id,
        month,
        unit_cost,
        coalesce(lead(month) over (partition by item_id order by month nulls last), cast('9999-12-31' as date))
            as next_month
    from last_costs
),

missing_prices as (
    select
        unpriced.source_row_number,
        coalesce(
            usual_prices.usual_price,
            neighbours.unit_price,
            list_prices.list_price,
            stg_items.list_price,
            cost_spans.unit_cost
        ) as unit_price,
        case
            when coalesce(usual_prices.usual_price, neighbours.unit_price) is not null then 'other sales'
            when coalesce(list_prices.list_price, stg_items.list_price) is not null then 'the list price'
            when cost_spans.unit_cost is not null then 'the cost'
        end as price_source
    from unpriced
    left join neighbours on unpriced.source_row_number = neighbours.source_row_number
    left join usual_prices on unpriced.item_id = usual_prices.item_id and unpriced.month = usual_prices.month
    left join list_prices on unpriced.item_id = list_prices.item_id and unpriced.month = list_prices.month
    left join stg_items on unpriced.item_id = stg_items.item_id
    left join cost_spans
        on
            unpriced.item_id = cost_spans.item_id
            and unpriced.month >= cost_spans.month
            and unpriced.month < cost_spans.next_month
)

select * from missing_prices
