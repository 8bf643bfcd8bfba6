-- One main action a position, the one that gains most; the second stands beside it. A reserve is made for stock that is
-- sold in the ordinary way: once it is decided to clear it, its loss is the one of the action, and what the reserve
-- lacks of it or has too much is the gap.
with action_candidates as (
    select * from {{ ref('int_action_candidates') }}
),

stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

holdings as (
    select * from {{ ref('markdown_plans') }}
    where option = 'hold'
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

items as (
    select * from {{ ref('items') }}
),

locations as (
    select * from {{ ref('locations') }}
),

candidates_ranked as (
    select
        *,
        row_number() over (
            partition by item_id, location_id order by gain_amount desc nulls last, action asc nulls last
        ) as gain_rank
    from action_candidates
),

second_actions as (
    select * from candidates_ranked
    where gain_rank = 2
),

actions as (
    select
        row_number() over (
            order by
                main.gain_amount desc nulls last, main.item_id asc nulls last, main.location_id asc nulls last
        ) as action_rank,
        main.item_id,
        main.location_id,
        valuation_dates.valuation_date as period_end,
        true as is_latest_period,
        {{ reporting_currency() }} as currency,
        items.description as item_description,
        items.category,
        items.supplier_id,
        locations.name as location_name,
        items.unit_of_measure,
        main.action,
        main.action_quantity,
        main.action_price,
        main.to_location_id,
        main.at_stake_amount,
        main.gain_amount,
        main.gain_lower_amount,
        main.gain_upper_amount,
        cast(main.cash_released_amount as {{ money_total_type() }}) as cash_released_amount,
        main.deadline,
        main.reason,
        second_actions.action as second_action,
        second_actions.gain_amount as second_gain_amount,
        coalesce(stock_positions.quantity, 0) as quantity,
        coalesce(stock_positions.cost_value, 0) as cost_value,
        stock_positions.expected_demand_quantity,
        stock_positions.expected_unsold_quantity,
        reserve_estimates.reserve_amount,
        coalesce(main.expected_loss_amount, holdings.expected_write_down_amount, 0) as expected_loss_amount,
        coalesce(main.expected_loss_amount, holdings.expected_write_down_amount, 0) - reserve_estimates.reserve_amount
            as reserve_gap_amount
    from candidates_ranked as main
    cross join valuation_dates
    left join stock_positions
        on main.item_id = stock_positions.item_id and main.location_id = stock_positions.location_id
    inner join items on main.item_id = items.item_id
    inner join locations on main.location_id = locations.location_id
    left join reserve_estimates
        on
            main.item_id = reserve_estimates.item_id
            and main.location_id = reserve_estimates.location_id
            and valuation_dates.valuation_date = reserve_estimates.valuation_date
    left join holdings on main.item_id = holdings.item_id and main.location_id = holdings.location_id
    left join second_actions on main.item_id = second_actions.item_id and main.location_id = second_actions.location_id
    where main.gain_rank = 1
)

select * from actions
