-- What becomes cost of sales without leaving stock, variances, stands beside the change in value, so that both tie.
-- What a pool's cost moves between its positions without a document is a change like others.
{%- set reallocations = ref('int_reallocations') %}
with costs as (
    select
        item_id,
        location_id,
        posted_on,
        costing_method,
        movement_type,
        quantity_change,
        value_change,
        variance_amount
    from {{ ref('issue_costs') }}
    where transfer_movement_number is null
    {%- if is_pooled() %}
    union all
    select
        item_id,
        location_id,
        valuation_date as posted_on,
        costing_method,
        'reallocation' as movement_type,
        0 as quantity_change,
        value_change,
        0 as variance_amount
    from {{ reallocations }}
    {%- endif %}
),

monthly_flows as (
    select
        item_id,
        location_id,
        cast(last_day(posted_on) as date) as valuation_date,
        costing_method,
        {%- for flow, kinds in {
            'received': ['opening', 'receipt', 'cost_adjustment'],
            'returned': ['customer_return'],
            'transferred': ['transfer_in', 'transfer_out'],
            'adjusted': ['adjustment_in', 'adjustment_out', 'return_scrap'],
            'supplier_returned': ['supplier_return'],
            'sold': ['sale'],
        }.items() %}
        sum(
            case
                when movement_type in ('{{ kinds | join("', '") }}')
                    then quantity_change
                else 0
            end
        ) as {{ flow }}_quantity,
        sum(
            case
                when movement_type in ('{{ kinds | join("', '") }}')
                    then value_change
                else 0
            end
        ) as {{ flow }}_value,
        {%- endfor %}
        sum(case when movement_type = 'reallocation' then value_change else 0 end) as reallocated_value,
        sum(variance_amount) as variance_amount,
        sum(quantity_change) as change_quantity,
        sum(value_change) as change_value
    from costs
    group by item_id, location_id, valuation_date, costing_method
),

balances as (
    select
        *,
        sum(change_quantity) over position_history as closing_quantity,
        sum(change_value) over position_history as closing_value
    from monthly_flows
    window position_history as (
        partition by item_id, location_id, costing_method order by valuation_date nulls last
    )
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
