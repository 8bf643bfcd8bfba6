with item_buyers as (select * from {{ ref('int_item_buyers') }}),

item_months as (select * from {{ ref('int_item_months') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

-- Before the first known customer the company may have noted none: null, not zero.
first_records as (
    select min(month_number) as first_known_month
    from item_buyers
    where flash_date is null
),

item_sums as (
    select
        *,
        {{ rolling_sum('sold_quantity', 12, by='item_id, flash_date') }} as sold_quantity_12
    from item_months
),

item_shares as (
    select
        item_sums.*,
        coalesce(item_buyers.buyers_12, 0) as buyers_12,
        {{ ratio('sold_quantity_12 - coalesce(item_buyers.known_quantity_12, 0)', 'sold_quantity_12') }}
            as unknown_share,
        {{ ratio('item_buyers.largest_quantity_12', 'item_buyers.known_quantity_12') }} as largest_share,
        {{ ratio(
            'item_buyers.quantity_square_12', 'power(cast(item_buyers.known_quantity_12 as double), 2)'
        ) }} as concentration
    from item_sums
    left join item_buyers
        on
            item_sums.item_id = item_buyers.item_id
            and item_sums.month_number = item_buyers.month_number
            and item_sums.flash_date is not distinct from item_buyers.flash_date
),

customer_features as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        case
            when item_shares.months_observed > 6
                then {{ midpoint_change('item_shares.buyers_12', 'before.buyers_12') }}
        end as buyer_count_change_6,
        item_shares.largest_share as largest_customer_share_12,
        item_shares.largest_share - before.largest_share as largest_customer_share_change_6,
        item_shares.concentration as customer_concentration_12,
        item_shares.concentration - before.concentration as customer_concentration_change_6,
        case
            when first_records.first_known_month <= item_shares.month_number
                then item_shares.unknown_share
        end as unknown_customer_share_12
    from on_hand
    cross join first_records
    inner join item_shares
        on on_hand.item_id = item_shares.item_id and on_hand.valuation_date = item_shares.valuation_date
    left join item_shares as before
        on
            item_shares.item_id = before.item_id
            and item_shares.month_number = before.month_number + 6
            and item_shares.flash_date is not distinct from before.flash_date
)

select * from customer_features
