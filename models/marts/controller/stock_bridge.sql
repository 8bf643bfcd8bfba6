-- From the stock that is reserved for to the account in the ledger: what is negative takes from it, what is under way
-- between two locations belongs to it.
with inventory_costs as (
    select
        valuation_date,
        case when quantity > 0 then 'positive stock' else 'negative stock' end as component,
        cost_value
    from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity <> 0
),

in_transit as (
    select
        valuation_date,
        'in transit' as component,
        cost_value
    from {{ ref('in_transit') }}
    where costing_method = '{{ var("costing_method") }}'
),

amounts as (
    select * from inventory_costs
    union all
    select * from in_transit
),

sums as (
    select
        valuation_date,
        component,
        count(*) as line_count,
        sum(cost_value) as amount
    from amounts
    group by valuation_date, component
    union all
    select
        valuation_date,
        'inventory account' as component,
        count(*) as line_count,
        sum(cost_value) as amount
    from amounts
    group by valuation_date
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

stock_bridge as (
    select
        sums.valuation_date as period_end,
        sums.component,
        cast(
            case sums.component
                when 'positive stock' then 1
                when 'negative stock' then 2
                when 'in transit' then 3
                else 4
            end as integer
        ) as sort_order,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        sums.line_count,
        cast(sums.amount as {{ money_total_type() }}) as amount
    from sums
    inner join valuation_dates on sums.valuation_date = valuation_dates.valuation_date
)

select * from stock_bridge
