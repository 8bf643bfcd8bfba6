-- Schedule II, valuation and qualifying accounts (Regulation S-X 12-09), by fiscal year. A reversal under IFRS reduces
-- what is charged to costs (IAS 2.34). A year whose first months the data lack begins where they begin.
with reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

fiscal_periods as (
    select * from {{ ref('fiscal_periods') }}
),

stock_months as (
    select
        valuation_date,
        sum(cost_value) as cost_value
    from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
    group by valuation_date
),

periods as (
    select
        reserve_rollforward.framework,
        reserve_rollforward.period_end,
        fiscal_periods.fiscal_year,
        sum(reserve_rollforward.opening_amount) as opening_amount,
        sum(reserve_rollforward.addition_amount) as addition_amount,
        sum(reserve_rollforward.reversal_amount) as reversal_amount,
        sum(reserve_rollforward.relieved_by_sale_amount) as relieved_by_sale_amount,
        sum(reserve_rollforward.relieved_by_scrap_amount) as relieved_by_scrap_amount,
        sum(reserve_rollforward.currency_amount + reserve_rollforward.transferred_amount) as other_amount,
        sum(reserve_rollforward.closing_amount) as closing_amount,
        max(stock_months.cost_value) as stock_value
    from reserve_rollforward
    inner join fiscal_periods on reserve_rollforward.period_end = fiscal_periods.period_end
    left join stock_months on reserve_rollforward.period_end = stock_months.valuation_date
    group by reserve_rollforward.framework, reserve_rollforward.period_end, fiscal_periods.fiscal_year
),

year_ends as (
    select
        framework,
        fiscal_year,
        min(period_end) as first_period_end,
        max(period_end) as last_period_end
    from periods
    group by framework, fiscal_year
),

schedule_ii as (
    select
        periods.fiscal_year,
        periods.framework,
        year_ends.last_period_end as period_end,
        count(*) as period_count,
        year_ends.last_period_end = max(year_ends.last_period_end) over () as is_latest_period,
        {{ reporting_currency() }} as currency,
        cast(
            sum(case when periods.period_end = year_ends.first_period_end then periods.opening_amount else 0 end)
            as {{ money_total_type() }}
        ) as beginning_amount,
        cast(sum(periods.addition_amount - periods.reversal_amount) as {{ money_total_type() }})
            as charged_to_costs_amount,
        cast(sum(periods.other_amount) as {{ money_total_type() }}) as charged_to_other_accounts_amount,
        cast(sum(periods.relieved_by_sale_amount) as {{ money_total_type() }}) as deducted_by_sale_amount,
        cast(sum(periods.relieved_by_scrap_amount) as {{ money_total_type() }}) as deducted_by_scrap_amount,
        cast(sum(periods.relieved_by_sale_amount + periods.relieved_by_scrap_amount) as {{ money_total_type() }})
            as deductions_amount,
        cast(
            sum(case when periods.period_end = year_ends.last_period_end then periods.closing_amount else 0 end)
            as {{ money_total_type() }}
        ) as ending_amount,
        {{ rounded_total('avg(periods.stock_value)') }} as average_stock_value,
        {{ ratio(
            '12 * sum(periods.addition_amount - periods.reversal_amount)', 'count(*) * avg(periods.stock_value)'
        ) }} as write_down_rate
    from periods
    inner join year_ends on periods.framework = year_ends.framework and periods.fiscal_year = year_ends.fiscal_year
    group by periods.framework, periods.fiscal_year, year_ends.last_period_end
)

select * from schedule_ii
