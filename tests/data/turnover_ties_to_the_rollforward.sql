-- Of the latest valuation date: the year's cost of sales, and both values behind the LIFO reserve, in total.
with latest as (
    select
        valuation_date,
        {{ month_end_after('valuation_date', -12) }} as after_date
    from {{ ref('valuation_dates') }}
    where is_latest
),

expected as (
    select
        (
            select coalesce(sum(inventory_rollforward.cost_of_sales_amount), 0)
            from {{ ref('inventory_rollforward') }} as inventory_rollforward
            cross join latest
            where
                inventory_rollforward.costing_method = '{{ var("costing_method") }}'
                and inventory_rollforward.valuation_date > latest.after_date
        ) as cost_of_sales_amount,
        (
            select coalesce(sum(
                case inventory_costs.costing_method
                    when 'fifo' then inventory_costs.cost_value
                    when 'lifo' then -inventory_costs.cost_value
                    else 0
                end
            ), 0)
            from {{ ref('inventory_costs') }} as inventory_costs
            inner join latest on inventory_costs.valuation_date = latest.valuation_date
        ) as lifo_reserve_amount
),

found as (
    select
        coalesce(sum(inventory_turnover.cost_of_sales_amount), 0) as cost_of_sales_amount,
        coalesce(sum(inventory_turnover.lifo_reserve_amount), 0) as lifo_reserve_amount
    from {{ ref('inventory_turnover') }} as inventory_turnover
    inner join latest on inventory_turnover.valuation_date = latest.valuation_date
)

select
    expected.*,
    found.cost_of_sales_amount as found_cost_of_sales_amount,
    found.lifo_reserve_amount as found_lifo_reserve_amount
from expected
cross join found
where
    expected.cost_of_sales_amount <> found.cost_of_sales_amount
    or expected.lifo_reserve_amount <> found.lifo_reserve_amount
