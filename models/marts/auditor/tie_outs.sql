-- Each pair comes by two paths, and neither side is a copy of the other: see docs/books.md.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
),

cost_layers as (
    select * from {{ ref('cost_layers') }}
),

inventory_rollforward as (
    select * from {{ ref('inventory_rollforward') }}
    where costing_method = '{{ var("costing_method") }}'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

journal_lines as (
    select * from {{ ref('journal_lines') }}
    where framework = '{{ var("accounting_framework") }}'
),

monthly_changes as (
    select
        valuation_date,
        sum(closing_value - opening_value) as change_value
    from inventory_rollforward
    group by valuation_date
),

sides as (
    {% if not is_pooled() -%}
    select
        'FIFO layers and inventory at FIFO cost' as check_name,
        valuation_date as period_end,
        fifo_value as left_amount,
        0 as right_amount
    from cost_layers
    union all
    select 'FIFO layers and inventory at FIFO cost', valuation_date, 0, cost_value
    from inventory_costs
    where costing_method = 'fifo' and quantity > 0
    union all
    {% endif -%}
    select
        'inventory at cost and its movements' as check_name,
        valuation_date as period_end,
        cost_value as left_amount,
        0 as right_amount
    from inventory_costs
    where costing_method = '{{ var("costing_method") }}'
    union all
    select 'inventory at cost and its movements', valuation_dates.valuation_date, 0, monthly_changes.change_value
    from valuation_dates
    inner join monthly_changes on valuation_dates.valuation_date >= monthly_changes.valuation_date
    union all
    select
        'reserve account and change of the reserve',
        period_end,
        case when entry_kind in ('addition', 'transferred') then credit_amount else 0 end - case
            when entry_kind in ('relieved_by_sale', 'relieved_by_scrap', 'reversal', 'transferred') then debit_amount
            else 0
        end,
        0
    from journal_lines
    union all
    select 'reserve account and change of the reserve', period_end, 0, closing_amount - opening_amount
    from reserve_rollforward
    union all
    select 'debits and credits', period_end, debit_amount, credit_amount
    from journal_lines
),

tie_outs as (
    select
        sides.check_name,
        sides.period_end,
        valuation_dates.is_latest as is_latest_period,
        {{ reporting_currency() }} as currency,
        cast(sum(sides.left_amount) as {{ money_total_type() }}) as left_amount,
        cast(sum(sides.right_amount) as {{ money_total_type() }}) as right_amount,
        cast(sum(sides.left_amount) - sum(sides.right_amount) as {{ money_total_type() }}) as difference_amount,
        sum(sides.left_amount) = sum(sides.right_amount) as is_tied
    from sides
    inner join valuation_dates on sides.period_end = valuation_dates.valuation_date
    group by sides.check_name, sides.period_end, valuation_dates.is_latest
)

select * from tie_outs
