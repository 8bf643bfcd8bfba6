-- Everything that could be done about a position, in one shape. What gains less than it is worth to look at is left.
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

candidates as (
    {% for relation in ['stock_actions', 'purchase_actions'] -%}
    select
        {{ relation }}.*,
        cast(null as string) as to_location_id
    from {{ relation }}
    union all
    {% endfor -%}
    select * from transfer_actions
),

action_candidates as (
    select * from candidates
    where gain_amount >= {{ policy_constant('least_gain_rate') }} * at_stake_amount and gain_amount > 0
)

select * from action_candidates
