with stg_prices as (
    select * from {{ ref('stg_prices') }}
),

-- Where intervals overlap, the later one holds from its first day.
intervals as (
    select
        item_id,
        location_id,
        price_type,
        unit_price,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by item_id, location_id, price_type
            order by valid_from nulls last, source_row_number nulls last
        ) as next_valid_from
    from stg_prices
),

prices as (
    select
        item_id,
        location_id,
        price_type,
        unit_price,
        valid_from,
        case
            when next_valid_from <= coalesce(valid_to, next_valid_from)
                then cast(next_valid_from - 1 as date)
            else valid_to
        end as valid_to
    from intervals
    where coalesce(next_valid_from > valid_from, true)
)

select * from prices
