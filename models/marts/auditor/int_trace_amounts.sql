-- What the books hold and posted; what the proposal is made of, of a closed period as it was closed; and the receipts
-- and sales of the stock.
{%- set no_quantity = 'cast(null as ' ~ quantity_type() ~ ')' %}
with
{%- for relation in ['reserve_rollforward', 'journal_lines'] %}
{{ relation }} as (
    select * from {{ ref(relation).include(database=false) }}
    where framework = '{{ var("accounting_framework") }}'
),
{% endfor %}
reserve_reasons as (
    select * from {{ ref('reserve_reasons').include(database=false) }}
),

cost_layers as (
    select * from {{ ref('cost_layers').include(database=false) }}
),

movements as (
    select * from {{ ref('movements').include(database=false) }}
),

trace_amounts as (
    select
        item_id,
        location_id,
        period_end,
        'booked' as step,
        cast(1 as bigint) as line_no,
        framework as reference,
        'Reserve in the books at the end of the period' as evidence,
        {{ no_quantity }} as quantity,
        closing_amount as amount
    from reserve_rollforward
    union all
    select
        item_id,
        location_id,
        period_end,
        'journal' as step,
        row_number() over (
            partition by item_id, location_id, period_end
            order by journal_id nulls last, line_no nulls last
        ) as line_no,
        journal_id || ' line ' || line_no as reference,
        account_code || ' ' || description as evidence,
        {{ no_quantity }} as quantity,
        cast(debit_amount - credit_amount as {{ money_type() }}) as amount
    from journal_lines
    union all
    select item_id, location_id, period_end, 'driver', line_no, reference, reason, {{ no_quantity }}, amount
    from reserve_reasons
    union all
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date as period_end,
        'layer' as step,
        cast(cost_layers.layer_number as bigint) as line_no,
        movements.movement_id as reference,
        movements.movement_type
        || coalesce(' ' || nullif(movements.document_id, movements.movement_type), '') || ' of '
        || cast(movements.moved_at as date) || ', in stock since ' || cost_layers.received_on as evidence,
        cost_layers.quantity,
        cost_layers.cost_value as amount
    from cost_layers
    left join movements on cost_layers.receipt_movement_number = movements.movement_number
    union all
    select
        item_id,
        location_id,
        cast(last_day(cast(moved_at as date)) as date) as period_end,
        'sale' as step,
        cast(movement_number as bigint) as line_no,
        movement_id as reference,
        movement_type || ' ' || document_id || ' of ' || cast(moved_at as date) as evidence,
        -quantity_change as quantity,
        net_amount as amount
    from movements
    where movement_type in ('sale', 'customer_return')
)

select * from trace_amounts
