-- Methods stay columns until the end: a quarter of the rows to add up.
with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

costing_methods as (
    {{- costing_method_rows() }}
),

placed_changes as (
    select
        costed_movements.*,
        movements.item_id,
        coalesce(costed_movements.elsewhere_location_id, movements.location_id) as location_id,
        cast(last_day(movements.posted_on) as date) as month_end,
        movements.quantity_change
    from costed_movements
    inner join movements on costed_movements.movement_number = movements.movement_number
    where costed_movements.transfer_movement_number is null
),

monthly_changes as (
    select
        item_id,
        location_id,
        month_end,
        sum(quantity_change) as quantity_change,
        {%- for method in costing_methods() %}
        sum({{ method }}_value_change) as {{ method }}_change{{ ',' if not loop.last }}
        {%- endfor %}
    from placed_changes
    group by item_id, location_id, month_end
),

balances as (
    select
        item_id,
        location_id,
        month_end,
        sum(quantity_change) over position_history as quantity,
        {%- for method in costing_methods() %}
        sum({{ method }}_change) over position_history as {{ method }}_value,
        {%- endfor %}
        coalesce(lead(month_end) over position_history, cast('9999-12-31' as date)) as next_month_end
    from monthly_changes
    window position_history as (
        partition by item_id, location_id order by month_end nulls last
    )
),

costs_by_method as (
    select
        balances.item_id,
        balances.location_id,
        valuation_dates.valuation_date,
        costing_methods.costing_method,
        cast(balances.quantity as decimal(18, 4)) as quantity,
        cast({{ measure_by_method('value', 'balances') }} as decimal(18, 4)) as cost_value
    from balances
    inner join valuation_dates
        on
            balances.month_end <= valuation_dates.valuation_date
            and balances.next_month_end > valuation_dates.valuation_date
    cross join costing_methods
),

inventory_costs as (
    select
        *,
        {{ rounded_amount(
            'cast(cost_value as double) / nullif(cast(quantity as double), 0)'
        ) }} as unit_cost
    from costs_by_method
    where quantity <> 0 or cost_value <> 0
)

select * from inventory_costs
