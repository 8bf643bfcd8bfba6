-- What the champion reserves of a position goes to its layers by their NRV shortfall, as far as each can take it, and
-- what is left to the oldest first. Shares are differences of rounded running shares, so that nothing is lost.
with layer_bounds as (
    select * from {{ ref('int_layer_bounds') }}
),

position_reserves as (
    select * from {{ ref('int_position_reserves') }}
),

layers as (
    select
        layer_bounds.*,
        position_reserves.reserve_amount as position_amount,
        sum(layer_bounds.least_amount) over position as least_total,
        sum(layer_bounds.most_amount) over position as most_total,
        sum(layer_bounds.shortfall_amount) over position as shortfall_total,
        sum(layer_bounds.shortfall_amount) over oldest_first as shortfall_running
    from layer_bounds
    inner join position_reserves
        on
            layer_bounds.item_id = position_reserves.item_id
            and layer_bounds.location_id = position_reserves.location_id
            and layer_bounds.valuation_date = position_reserves.valuation_date
    window
        position as (partition by layer_bounds.item_id, layer_bounds.location_id, layer_bounds.valuation_date),
        oldest_first as (
            partition by layer_bounds.item_id, layer_bounds.location_id, layer_bounds.valuation_date
            order by layer_bounds.layer_number nulls last
            rows between unbounded preceding and current row
        )
),

to_share as (
    select
        *,
        cast(greatest(least(position_amount, most_total) - least_total, 0) as {{ money_type() }}) as shared_amount
    from layers
),

by_shortfall as (
    select
        *,
        cast(least(
            most_amount - least_amount,
            coalesce(
                {{ exact_share('shared_amount', 'shortfall_running', 'shortfall_total') }}
                - {{ exact_share('shared_amount', '(shortfall_running - shortfall_amount)', 'shortfall_total') }},
                0
            )
        ) as {{ money_type() }}) as share_amount
    from to_share
),

with_room as (
    select
        *,
        most_amount - least_amount - share_amount as room_amount,
        shared_amount - sum(share_amount) over (partition by item_id, location_id, valuation_date) as left_amount
    from by_shortfall
),

filled as (
    select
        *,
        sum(room_amount) over (
            partition by item_id, location_id, valuation_date order by layer_number nulls last
            rows between unbounded preceding and current row
        ) - room_amount as room_before
    from with_room
),

spread_reserves as (
    select
        item_id,
        location_id,
        valuation_date,
        layer_number,
        unit_of_account,
        quantity,
        cost_value,
        shortfall_amount,
        cast(
            least_amount + share_amount + greatest(least(room_amount, left_amount - room_before), 0)
            as {{ money_type() }}
        ) as spread_amount
    from filled
)

select * from spread_reserves
