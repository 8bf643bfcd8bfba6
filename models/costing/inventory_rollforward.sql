-- Variances become cost of sales without leaving stock. What moves between positions of a pool has no document.
{%- set reallocations = ref('int_reallocations') %}
with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
    where
        transfer_movement_number is null
        and posted_on <= (select max(last_month_end) from {{ ref('valuation_dates') }})
),

costing_methods as (
    {{- costing_method_rows() }}
),

-- Methods stay columns until months are added up: a quarter of the rows.
monthly_costs as (
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as valuation_date,
        movement_type,
        sum(quantity_change) as quantity_change
        {%- for method in costing_methods() %}
        {%- for measure in ['value_change', 'variance_amount'] %},
        sum(coalesce({{ method }}_{{ measure }}, weighted_average_{{ measure }})) as {{ method }}_{{ measure }}
        {%- endfor %},
        bool_or(not is_elsewhere or coalesce({{ method }}_value_change, weighted_average_value_change) <> 0)
            as {{ method }}_is_changed
        {%- endfor %}
    from costed_movements
    group by item_id, location_id, valuation_date, movement_type
),

costs as (
    select
        monthly_costs.item_id,
        monthly_costs.location_id,
        monthly_costs.valuation_date,
        costing_methods.costing_method,
        monthly_costs.movement_type,
        monthly_costs.quantity_change
        {%- for measure in ['value_change', 'variance_amount', 'is_changed'] %},
        case costing_methods.costing_method
            {%- for method in costing_methods() %}
            when '{{ method }}' then monthly_costs.{{ method }}_{{ measure }}
            {%- endfor %}
        end as {{ measure }}
        {%- endfor %}
    from monthly_costs
    cross join costing_methods
    {%- if is_pooled() %}
    union all
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        'reallocation' as movement_type,
        0 as quantity_change,
        value_change,
        0 as variance_amount,
        true as is_changed
    from {{ reallocations }}
    {%- endif %}
),

monthly_flows as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        {%- for flow, kinds in {
            'received': ['opening', 'receipt', 'cost_adjustment'],
            'returned': ['customer_return'],
            'transferred': ['transfer_in', 'transfer_out'],
            'adjusted': ['adjustment_in', 'adjustment_out', 'return_scrap'],
            'supplier_returned': ['supplier_return'],
            'sold': ['sale'],
        }.items() %}
        {%- set is_flow = "movement_type in ('" ~ kinds | join("', '") ~ "')" %}
        sum(case when {{ is_flow }} then quantity_change else 0 end) as {{ flow }}_quantity,
        sum(case when {{ is_flow }} then value_change else 0 end) as {{ flow }}_value,
        {%- endfor %}
        sum(case when movement_type = 'reallocation' then value_change else 0 end) as reallocated_value,
        sum(variance_amount) as variance_amount,
        sum(quantity_change) as change_quantity,
        sum(value_change) as change_value
    from costs
    where is_changed
    group by item_id, location_id, valuation_date, costing_method
),

balances as (
    select
        *,
        sum(change_quantity) over position_history as closing_quantity,
        sum(change_value) over position_history as closing_value
    from monthly_flows
    window position_history as (partition by item_id, location_id, costing_method order by valuation_date nulls last)
),

inventory_rollforward as (
    select
        item_id,
        location_id,
        valuation_date,
        costing_method,
        cast(closing_quantity - change_quantity as {{ quantity_type() }}) as opening_quantity,
        cast(closing_value - change_value as {{ money_type() }}) as opening_value,
        {%- for flow in ['received', 'returned', 'transferred', 'adjusted', 'supplier_returned', 'sold'] %}
        cast({{ flow }}_quantity as {{ quantity_type() }}) as {{ flow }}_quantity,
        cast({{ flow }}_value as {{ money_type() }}) as {{ flow }}_value,
        {%- endfor %}
        cast(reallocated_value as {{ money_type() }}) as reallocated_value,
        cast(closing_quantity as {{ quantity_type() }}) as closing_quantity,
        cast(closing_value as {{ money_type() }}) as closing_value,
        cast(variance_amount as {{ money_type() }}) as variance_amount,
        cast(variance_amount - sold_value - returned_value as {{ money_type() }}) as cost_of_sales_amount
    from balances
)

select * from inventory_rollforward
