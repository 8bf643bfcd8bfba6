with position_months as (select * from {{ ref('int_position_months') }}),

item_months as (select * from {{ ref('int_item_months') }}),

item_sums as (
    select
        *,
        {{ rolling_sum('demand_quantity', 12, by='item_id, flash_date') }} as demand_12,
        {{ rolling_sum('sold_quantity', 12, by='item_id, flash_date') }} as sold_12
    from item_months
),

position_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        on_hand_quantity,
        {{ rolling_sum('sold_quantity', 12) }} as sold_12
    from position_months
),

item_features as (
    select
        position_sums.item_id,
        position_sums.location_id,
        position_sums.valuation_date,
        cast(item_sums.on_hand_quantity as double) as item_quantity,
        {{ coverage_months('item_sums.on_hand_quantity', 'demand_12', 'least(months_observed, 12)') }}
            as item_coverage_months_12,
        cast({{ days_between('coalesce(last_sold_on, first_posted_on)', 'item_sums.valuation_date') }} as double)
            as item_days_since_last_sale,
        cast(stocking_location_count as double) as stocking_location_count,
        cast(selling_location_count as double) as selling_location_count,
        {{ ratio('position_sums.sold_12', 'item_sums.sold_12') }} as sales_share_of_item_12,
        {{ ratio('position_sums.on_hand_quantity', 'item_sums.on_hand_quantity') }}
        - {{ ratio('position_sums.sold_12', 'item_sums.sold_12') }} as stock_to_sales_imbalance_12
    from position_sums
    inner join item_sums
        on position_sums.item_id = item_sums.item_id and position_sums.valuation_date = item_sums.valuation_date
    where position_sums.on_hand_quantity > 0
)

select * from item_features
