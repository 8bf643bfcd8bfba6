-- Windows by join and not by frame: months in which a position has neither stock nor sales have no row.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
),

inventory_rollforward as (
    select * from {{ ref('inventory_rollforward') }}
    where costing_method = '{{ var("costing_method") }}'
),

movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('sale', 'customer_return')
),

valuation_dates as (
    select
        valuation_date,
        {{ month_end_after('valuation_date', -12) }} as after_date,
        least(12, month_number) as months
    from {{ ref('valuation_dates') }}
    where flash_date is null
),

monthly_facts as (
    select
        item_id,
        location_id,
        valuation_date as month_end,
        sum(case when costing_method = '{{ var("costing_method") }}' then cost_value end) as cost_value,
        sum(case when costing_method = 'fifo' then cost_value end) as fifo_value,
        sum(case when costing_method = 'lifo' then cost_value end) as lifo_value,
        0 as cost_of_sales_amount,
        0 as net_sales_amount
    from inventory_costs
    group by item_id, location_id, valuation_date
    union all
    select
        item_id,
        location_id,
        valuation_date as month_end,
        0 as cost_value,
        0 as fifo_value,
        0 as lifo_value,
        cost_of_sales_amount,
        0 as net_sales_amount
    from inventory_rollforward
    union all
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as month_end,
        0 as cost_value,
        0 as fifo_value,
        0 as lifo_value,
        0 as cost_of_sales_amount,
        sum(case when movement_type = 'sale' then net_amount else -net_amount end) as net_sales_amount
    from movements
    group by item_id, location_id, month_end
),

{% set is_closing = 'monthly_facts.month_end = valuation_dates.valuation_date' -%}
trailing_year as (
    select
        monthly_facts.item_id,
        monthly_facts.location_id,
        valuation_dates.valuation_date,
        valuation_dates.months,
        {%- for name in ['cost', 'fifo', 'lifo'] %}
        cast(coalesce(sum(case when {{ is_closing }} then monthly_facts.{{ name }}_value end), 0) as {{ money_type() }})
            as {{ name }}_value,
        {%- endfor %}
        cast(coalesce(sum(monthly_facts.cost_value), 0) as {{ money_total_type() }}) as summed_cost_value,
        cast(sum(monthly_facts.cost_of_sales_amount) as {{ money_total_type() }}) as cost_of_sales_amount,
        cast(coalesce(sum(monthly_facts.net_sales_amount), 0) as {{ money_total_type() }}) as net_sales_amount
    from monthly_facts
    inner join valuation_dates
        on
            monthly_facts.month_end > valuation_dates.after_date
            and monthly_facts.month_end <= valuation_dates.valuation_date
    group by
        monthly_facts.item_id, monthly_facts.location_id, valuation_dates.valuation_date, valuation_dates.months
),

measured as (
    select
        *,
        {{ rounded_amount(ratio('summed_cost_value', 'months')) }} as average_cost_value,
        cast(net_sales_amount - cost_of_sales_amount as {{ money_total_type() }}) as gross_margin_amount
    from trailing_year
),

inventory_turnover as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(months as bigint) as months,
        cost_value,
        average_cost_value,
        cost_of_sales_amount,
        net_sales_amount,
        gross_margin_amount,
        {{ ratio('cost_of_sales_amount', 'greatest(average_cost_value, 0)') }} * 12 / months as turnover_rate,
        {{ ratio('greatest(average_cost_value, 0)', 'greatest(cost_of_sales_amount, 0)') }} * 365 * months / 12
            as on_hand_days,
        {{ ratio('gross_margin_amount', 'greatest(average_cost_value, 0)') }} * 12 / months as gmroi_rate,
        fifo_value,
        lifo_value,
        cast(fifo_value - lifo_value as {{ money_type() }}) as lifo_reserve_amount
    from measured
)

select * from inventory_turnover
