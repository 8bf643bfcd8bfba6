with issue_costs as (
    select * from {{ ref('issue_costs') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

monthly_changes as (
    select
        item_id,
        location_id,
        costing_method,
        cast(last_day(posted_on) as date) as month_end,
        sum(quantity_change) as quantity_change,
        sum(value_change) as value_change
    from issue_costs
    where transfer_movement_number is null
    group by item_id, location_id, costing_method, month_end
),

balances as (
    select
        item_id,
        location_id,
        costing_method,
        month_end,
        cast(sum(quantity_change) over position_history as decimal(18, 4)) as quantity,
        cast(sum(value_change) over position_history as decimal(18, 4)) as cost_value,
        lead(month_end) over position_history as next_month_end
    from monthly_changes
    window position_history as (
        partition by item_id, location_id, costing_method order by month_end nulls last
    )
),

inventory_costs as (
    select
        balances.item_id,
        balances.location_id,
        valuation_dates.valuation_date,
        balances.costing_method,
        balances.quantity,
        balances.cost_value,
        {{ rounded_amount(
            'cast(balances.cost_value as double) / nullif(cast(balances.quantity as double), 0)'
        ) }} as unit_cost
    from balances
    inner join valuation_dates
        on
            balances.month_end <= valuation_dates.valuation_date
            and coalesce(balances.next_month_end > valuation_dates.valuation_date, true)
    where balances.quantity <> 0 or balances.cost_value <> 0
)

select * from inventory_costs
