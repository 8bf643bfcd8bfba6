-- Each pair is built from different relations; nothing is copied from one side to the other.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

cost_layers as (
    select * from {{ ref('cost_layers') }}
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
),

estimate_dates as (
    select distinct valuation_date from reserve_estimates
),

sides as (
    select
        'layers and inventory at cost' as check_name,
        valuation_date as period_end,
        cost_value as left_amount,
        0 as right_amount
    from cost_layers
    union all
    select 'layers and inventory at cost', valuation_date, 0, cost_value
    from inventory_costs
    union all
    select 'estimates and inventory at cost', valuation_date, cost_value, 0
    from reserve_estimates
    where method = 'static_ageing'
    union all
    select 'estimates and inventory at cost', inventory_costs.valuation_date, 0, inventory_costs.cost_value
    from inventory_costs
    inner join estimate_dates on inventory_costs.valuation_date = estimate_dates.valuation_date
    union all
    select
        'roll-forward and closing reserve',
        period_end,
        opening_amount + addition_amount - relieved_by_sale_amount - relieved_by_scrap_amount
        - reversal_amount + currency_amount,
        closing_amount
    from reserve_rollforward
    union all
    select 'debits and credits', period_end, debit_amount, credit_amount
    from journal_lines
),

tie_outs as (
    select
        check_name,
        period_end,
        cast(sum(left_amount) as {{ money_total_type() }}) as left_amount,
        cast(sum(right_amount) as {{ money_total_type() }}) as right_amount,
        cast(sum(left_amount) - sum(right_amount) as {{ money_total_type() }}) as difference_amount,
        sum(left_amount) = sum(right_amount) as is_tied
    from sides
    group by check_name, period_end
)

select * from tie_outs
