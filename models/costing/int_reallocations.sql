{{ config(materialized='view') }}

with issue_costs as (
    select * from {{ ref('issue_costs') }}
    where transfer_movement_number is null
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where {{ at_month_ends() }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

-- From one month end to the next, what the value held changed by, less what documents changed it by.
changes as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        cost_value as value_change
    from inventory_costs
    union all
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        valuation_dates.valuation_date,
        inventory_costs.costing_method,
        -inventory_costs.cost_value as value_change
    from inventory_costs
    inner join valuation_dates
        on {{ month_end_after('inventory_costs.valuation_date', 1) }} = valuation_dates.valuation_date
    union all
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as valuation_date,
        costing_method,
        -value_change as value_change
    from issue_costs
    where posted_on <= (select max(last_month_end) from valuation_dates)
),

reallocations as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        cast(sum(value_change) as {{ money_type() }}) as value_change
    from changes
    group by item_id, location_id, valuation_date, costing_method
    having sum(value_change) <> 0
)

select * from reallocations
