-- The books as they stood when someone counted. An adjustment for a count that carries the count's own moment
-- comes after it: it books what the count found.
{%- set method = var('costing_method') %}
with cost_pools as (
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
    where cast(stock_counts.known_at as date) <= (select max(valuation_date) from {{ ref('valuation_dates') }})
    group by stock_counts.count_id, stock_counts.item_id, stock_counts.location_id, cost_pools.pool_location_id
),

-- What a late cost adds at another position is no movement of it.
movements as (
    select
        movements.item_id,
        movements.location_id,
        cost_pools.pool_location_id,
        movements.posted_at as moment,
        case when movements.movement_type like 'adjustment%' and lower(movements.reason) in ('count', 'found') then 2
            else 0
        end as precedence,
        movements.movement_number,
        movements.quantity_change,
        case when moved_within_pools.movement_number is null then movements.quantity_change else 0 end
            as pool_quantity_change,
        coalesce(costs.{{ method }}_value_change, costs.weighted_average_value_change) as value_change
    from {{ ref('movements') }} as movements
    inner join cost_pools on movements.location_id = cost_pools.location_id
    left join {{ ref('int_moved_within_pools') }} as moved_within_pools
        on movements.movement_number = moved_within_pools.movement_number
    left join {{ ref('int_costed_movements') }} as costs
        on movements.movement_number = costs.movement_number and not costs.is_elsewhere
    where exists (
        select 1 from counts
        where counts.item_id = movements.item_id and counts.pool_location_id = cost_pools.pool_location_id
    )
),

moments as (
    select
        *,
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
        {%- for change in ['quantity_change', 'value_change'] %}
        last_value(case when quantity_change <> 0 and value_change <> 0 then {{ change }} end ignore nulls)
            over so_far_in_pool as last_{{ change }}{{ ',' if not loop.last }}
        {%- endfor %}
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
        count_id,
        item_id,
        location_id,
        moment as counted_at,
        lead(moment) over (
            partition by item_id, location_id order by moment nulls last, count_id nulls last
        ) as next_counted_at,
        counted_quantity,
        cast(book_quantity as {{ quantity_type() }}) as book_quantity,
        -- The position's share of its pool's cost, which is all of it where the position is a pool of its own.
        cast(
            case
                when book_quantity = pool_quantity then coalesce(pool_value, 0)
                else {{ signed_share_of_quantity('coalesce(pool_value, 0)', 'book_quantity', 'pool_quantity') }}
            end as {{ money_type() }}
        ) as book_value,
        {{ rounded_unit_value(ratio('last_value_change', 'last_quantity_change')) }} as last_unit_cost
    from balances
    where count_id is not null
)

select * from count_books
