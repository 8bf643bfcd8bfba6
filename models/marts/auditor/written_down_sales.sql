-- What selling written-down stock brought: the reserve that leaves with it makes its cost smaller, so that a reserve
-- that was too large comes back as margin (the reason why regulators look here, SAB Topic 5.BB).
with issue_costs as (
    select * from {{ ref('issue_costs') }}
    where costing_method = '{{ var("costing_method") }}' and movement_type in ('sale', 'customer_return')
),

movements as (
    select * from {{ ref('movements') }}
),

written_down_positions as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}' and opening_amount > 0
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

sales as (
    select
        issue_costs.item_id,
        issue_costs.location_id,
        cast(last_day(issue_costs.posted_on) as date) as period_end,
        sum(case when issue_costs.movement_type = 'sale' then 1 else -1 end * coalesce(movements.net_amount, 0))
            as net_amount,
        sum(-issue_costs.value_change) as cost_amount
    from issue_costs
    inner join movements on issue_costs.movement_number = movements.movement_number
    group by issue_costs.item_id, issue_costs.location_id, cast(last_day(issue_costs.posted_on) as date)
),

written_down_sales as (
    select
        written_down_positions.period_end,
        written_down_positions.framework,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        items.category,
        count(*) as positions,
        cast(sum(sales.net_amount) as {{ money_total_type() }}) as net_amount,
        cast(sum(sales.cost_amount) as {{ money_total_type() }}) as cost_amount,
        cast(sum(written_down_positions.relieved_by_sale_amount) as {{ money_total_type() }}) as relieved_amount,
        cast(sum(sales.net_amount - sales.cost_amount) as {{ money_total_type() }}) as margin_on_cost_amount,
        cast(
            sum(sales.net_amount - sales.cost_amount + written_down_positions.relieved_by_sale_amount)
            as {{ money_total_type() }}
        ) as margin_on_carrying_amount
    from written_down_positions
    inner join sales
        on
            written_down_positions.item_id = sales.item_id
            and written_down_positions.location_id = sales.location_id
            and written_down_positions.period_end = sales.period_end
    inner join items on written_down_positions.item_id = items.item_id
    inner join valuation_dates on written_down_positions.period_end = valuation_dates.valuation_date
    group by
        written_down_positions.period_end, written_down_positions.framework, valuation_dates.is_latest, items.category
)

select * from written_down_sales
