-- Everything that could be done about a position, in one shape. What gains less than it is worth to look at is left
-- out. Units that another location sends need not be ordered, and nothing is ordered where there is too much.
with stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

stock_actions as (
    select * from {{ ref('int_stock_actions') }}
),

purchase_actions as (
    select * from {{ ref('int_purchase_actions') }}
),

transfers as (
    select * from {{ ref('int_transfers') }}
),

transfer_actions as (
    select
        transfers.item_id,
        transfers.location_id,
        'transfer' as action,
        {{ rounded_quantity('transfers.transfer_quantity') }} as action_quantity,
        cast(null as {{ unit_value_type() }}) as action_price,
        {{ rounded_total('transfers.transfer_quantity * cast(stock_positions.unit_cost as double)') }}
            as at_stake_amount,
        {{ rounded_total('transfers.transfer_gain_amount') }} as gain_amount,
        cast(null as {{ money_total_type() }}) as gain_lower_amount,
        cast(null as {{ money_total_type() }}) as gain_upper_amount,
        cast(0 as {{ money_total_type() }}) as cash_released_amount,
        cast(null as {{ money_total_type() }}) as expected_loss_amount,
        cast(
            stock_positions.valuation_date + cast({{ policy_constant('action_days') }} as integer) as date
        ) as deadline,
        'Of ' || {{ told_number('stock_positions.quantity') }} || ' units '
        || {{ told_number('stock_positions.expected_unsold_quantity') }} || ' are expected to be left here after '
        || stock_positions.horizon_months || ' months; at ' || transfers.to_location_id
        || ' more will be asked for than is there and on order.' as reason,
        transfers.to_location_id
    from transfers
    inner join stock_positions
        on transfers.item_id = stock_positions.item_id and transfers.location_id = stock_positions.location_id
),

reorders as (
    select
        reorder_policies.*,
        reorder_policies.order_quantity - coalesce(transfer_actions.action_quantity, 0) as missing_quantity
    from {{ ref('reorder_policies') }} as reorder_policies
    left join transfer_actions
        on
            reorder_policies.item_id = transfer_actions.item_id
            and reorder_policies.location_id = transfer_actions.to_location_id
    left join stock_actions
        on
            reorder_policies.item_id = stock_actions.item_id
            and reorder_policies.location_id = stock_actions.location_id
    left join purchase_actions
        on
            reorder_policies.item_id = purchase_actions.item_id
            and reorder_policies.location_id = purchase_actions.location_id
    where
        reorder_policies.is_champion
        and reorder_policies.order_quantity > coalesce(transfer_actions.action_quantity, 0)
        and stock_actions.item_id is null
        and purchase_actions.item_id is null
),

reorder_actions as (
    select
        item_id,
        location_id,
        'reorder' as action,
        missing_quantity as action_quantity,
        cast(null as {{ unit_value_type() }}) as action_price,
        {{ share_of_quantity('order_value', 'missing_quantity', 'order_quantity') }} as at_stake_amount,
        {{ rounded_total(
            'cast(order_gain_amount as double) * cast(missing_quantity as double) / cast(order_quantity as double)'
        ) }} as gain_amount,
        cast(null as {{ money_total_type() }}) as gain_lower_amount,
        cast(null as {{ money_total_type() }}) as gain_upper_amount,
        -{{ share_of_quantity('order_value', 'missing_quantity', 'order_quantity') }} as cash_released_amount,
        cast(null as {{ money_total_type() }}) as expected_loss_amount,
        cast(valuation_date + cast(review_days as integer) as date) as deadline,
        {{ told_number('on_hand_quantity') }} || ' units in stock and ' || {{ told_number('on_order_quantity') }}
        || ' on order are no more than ' || {{ told_number('reorder_point_quantity') }} || '; '
        || {{ told_number('window_demand_quantity') }}
        || ' are expected to be asked for until the next order after this one is there.' as reason,
        cast(null as string) as to_location_id
    from reorders
),

candidates as (
    {% for relation in ['stock_actions', 'purchase_actions'] -%}
    select
        {{ relation }}.*,
        cast(null as string) as to_location_id
    from {{ relation }}
    union all
    {% endfor -%}
    select * from transfer_actions
    union all
    select * from reorder_actions
),

action_candidates as (
    select * from candidates
    where gain_amount >= {{ policy_constant('least_gain_rate') }} * at_stake_amount and gain_amount > 0
)

select * from action_candidates
