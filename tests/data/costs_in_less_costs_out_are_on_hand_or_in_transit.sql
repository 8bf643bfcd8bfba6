-- Opening + in - out = closing, in quantity and value, by every method at every valuation date.
with issue_costs as (
    select * from {{ ref('issue_costs') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

daily_flows as (
    select
        costing_method,
        posted_on,
        sum(case when movement_type not in ('transfer_in', 'transfer_out') then quantity_change end)
            as net_quantity,
        sum(case when movement_type not in ('transfer_in', 'transfer_out') then value_change end)
            as net_value,
        -- A transfer that fills negative stock brings less than left: the rest is cost of sales.
        sum(case when movement_type = 'transfer_in' then variance_amount end) as transfer_variance
    from issue_costs
    group by costing_method, posted_on
),

flows as (
    select
        daily_flows.costing_method,
        valuation_dates.valuation_date,
        coalesce(sum(daily_flows.net_quantity), 0) as net_quantity,
        coalesce(sum(daily_flows.net_value), 0)
        - coalesce(sum(daily_flows.transfer_variance), 0) as net_value
    from daily_flows
    inner join valuation_dates on daily_flows.posted_on <= valuation_dates.valuation_date
    group by daily_flows.costing_method, valuation_dates.valuation_date
),

holdings as (
    select
        costing_method,
        valuation_date,
        sum(quantity) as held_quantity,
        sum(cost_value) as held_value
    from (
        select costing_method, valuation_date, quantity, cost_value
        from {{ ref('inventory_costs') }}
        union all
        select costing_method, valuation_date, quantity, cost_value
        from {{ ref('in_transit') }}
    ) as held
    group by costing_method, valuation_date
)

select
    flows.*,
    holdings.held_quantity,
    holdings.held_value
from flows
left join holdings
    on
        flows.costing_method = holdings.costing_method
        and flows.valuation_date = holdings.valuation_date
where
    flows.net_quantity <> coalesce(holdings.held_quantity, 0)
    or flows.net_value <> coalesce(holdings.held_value, 0)
