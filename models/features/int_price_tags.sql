-- A price without a location holds at every location that has none of its own.
with prices as (select * from {{ ref('prices') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

tags as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        prices.price_type,
        prices.unit_price,
        prices.valid_from,
        coalesce(prices.valid_to >= on_hand.valuation_date, true) as is_running,
        row_number() over (
            partition by
                on_hand.item_id, on_hand.location_id, on_hand.valuation_date, prices.price_type
            order by
                coalesce(prices.valid_to >= on_hand.valuation_date, true) desc nulls last,
                prices.location_id nulls last,
                prices.valid_from desc nulls last
        ) as preference
    from on_hand
    inner join prices
        on
            on_hand.item_id = prices.item_id
            and coalesce(prices.location_id, on_hand.location_id) = on_hand.location_id
            and on_hand.valuation_date >= prices.valid_from
),

price_tags as (
    select
        item_id,
        location_id,
        valuation_date,
        max(case when price_type = 'regular' and preference = 1 then unit_price end)
            as regular_price,
        coalesce(
            min(
                case
                    when price_type <> 'regular' and is_running and preference = 1 then unit_price
                end
            ),
            max(case when price_type = 'regular' and preference = 1 then unit_price end)
        ) as tag_price,
        cast(max(
            case
                when price_type <> 'regular' and is_running
                    then {{ days_between('valid_from', 'valuation_date') }}
                else 0
            end
        ) as double) as markdown_days,
        cast(sum(
            case
                when
                    price_type <> 'regular'
                    and valid_from > {{ months_after('valuation_date', -12) }}
                    then 1
                else 0
            end
        ) as double) as markdown_count_12
    from tags
    group by item_id, location_id, valuation_date
)

select * from price_tags
