-- The books as they stood when someone counted. An adjustment for a count that carries the count's own moment
-- comes after it: it books what the count found.
with as_of as (
    select max(valuation_date) as as_of_date from {{ ref('valuation_dates') }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

-- Lines of one count and position, two bins or two spellings of one item, add up.
counts as (
    select
        stock_counts.count_id,
        stock_counts.item_id,
        stock_counts.location_id,
        cost_pools.pool_location_id,
        max(stock_counts.counted_at) as counted_at,
        cast(sum(stock_counts.quantity) as {{ quantity_type() }}) as counted_quantity
    from {{ ref('stg_stock_counts') }} as stock_counts
    inner join cost_pools on stock_counts.location_id = cost_pools.location_id
    cross join as_of
    where cast(stock_counts.known_at as date) <= as_of.as_of_date
    group by stock_counts.count_id, stock_counts.item_id, stock_counts.location_id, cost_pools.pool_location_id
),

moved_within_pools as (
    select movement_number from {{ ref('int_moved_within_pools') }}
),

counted_pools as (
    select distinct
        item_id,
        pool_location_id
    from counts
),

-- What a late cost adds at another position is no movement of it.
costs as (
    select
        movement_number,
        location_id,
        value_change
    from {{ ref('issue_costs') }}
    where costing_method = '{{ var("costing_method") }}' and transfer_movement_number is null
),

movements as (
    select
        movements.*,
        counted_pools.pool_location_id,
        costs.value_change,
        case
            when moved_within_pools.movement_number is null then movements.quantity_change
            else 0
        end as pool_quantity_change,
        case
            when
                movements.movement_type in ('adjustment_in', 'adjustment_out')
                and lower(movements.reason) in ('count', 'found')
                then 2
            else 0
        end as precedence
    from {{ ref('movements') }} as movements
    inner join cost_pools on movements.location_id = cost_pools.location_id
    inner join counted_pools
        on
            movements.item_id = counted_pools.item_id
            and cost_pools.pool_location_id = counted_pools.pool_location_id
    left join moved_within_pools on movements.movement_number = moved_within_pools.movement_number
    left join costs
        on
            movements.movement_number = costs.movement_number
            and movements.location_id = costs.location_id
),

moments as (
    select
        item_id,
        location_id,
        pool_location_id,
        posted_at as moment,
        precedence,
        movement_number,
        quantity_change,
        pool_quantity_change,
        value_change,
        cast(null as string) as count_id,
        cast(null as {{ quantity_type() }}) as counted_quantity
    from movements
    union all
    select
        item_id,
        location_id,
        pool_location_id,
        counted_at as moment,
        1 as precedence,
        null as movement_number,
        0 as quantity_change,
        0 as pool_quantity_change,
        null as value_change,
        count_id,
        counted_quantity
    from counts
),

balances as (
    select
        *,
        sum(quantity_change) over so_far as book_quantity,
        sum(pool_quantity_change) over so_far_in_pool as pool_quantity,
        sum(value_change) over so_far_in_pool as pool_value,
        max(case when quantity_change <> 0 and value_change <> 0 then movement_number end) over so_far_in_pool
            as last_movement_number
    from moments
    window
        so_far as (
            partition by item_id, location_id
            order by moment nulls last, precedence nulls last, movement_number nulls last
            rows between unbounded preceding and current row
        ),
        so_far_in_pool as (
            partition by item_id, pool_location_id
            order by moment nulls last, precedence nulls last, movement_number nulls last
            rows between unbounded preceding and current row
        )
),

count_books as (
    select
        balances.count_id,
        balances.item_id,
        balances.location_id,
        balances.moment as counted_at,
        lead(balances.moment) over (
            partition by balances.item_id, balances.location_id
            order by balances.moment nulls last, balances.count_id nulls last
        ) as next_counted_at,
        balances.counted_quantity,
        cast(balances.book_quantity as {{ quantity_type() }}) as book_quantity,
        -- The position's share of its pool's cost, which is all of it where the position is a pool of its own.
        cast(
            case
                when balances.book_quantity = balances.pool_quantity then coalesce(balances.pool_value, 0)
                else {{ signed_share_of_quantity(
                    'coalesce(balances.pool_value, 0)', 'balances.book_quantity', 'balances.pool_quantity'
                ) }}
            end as {{ money_type() }}
        ) as book_value,
        {{ rounded_unit_value(ratio('last_movements.value_change', 'last_movements.quantity_change')) }}
            as last_unit_cost
    from balances
    left join movements as last_movements
        on balances.last_movement_number = last_movements.movement_number
    where balances.count_id is not null
)

select * from count_books
