with short_stock as (
    select * from {{ ref('int_short_stock') }}
),

returns_out_of_order as (
    select * from {{ ref('int_returns_out_of_order') }}
),

documents_out_of_order as (
    select * from {{ ref('int_documents_out_of_order') }}
    union all
    select * from {{ ref('int_dates_out_of_order') }}
),

-- What goods cost where no document names an amount: the mean of what was paid for the item.
item_costs as (
    select
        item_id,
        {{ ratio('sum(cost_amount)', 'sum(quantity_change)') }} as unit_cost
    from {{ ref('movements') }}
    where movement_type in ('opening', 'receipt') and cost_amount is not null
    group by item_id
),

facts as (
    select
        'stock sold before its receipt' as kind,
        'short/' || item_id || '/' || location_id || '/' || cast(first_day as string) as fact_id,
        document_id,
        line_no,
        item_id,
        location_id,
        cast(first_day as timestamp) as happened_at,
        cast(in_order_on as timestamp) as compared_at,
        cast(-lowest_balance as {{ quantity_type() }}) as quantity,
        cast(null as {{ money_type() }}) as amount,
        'The ledger falls to ' || {{ plain_number('lowest_balance') }}
        || ', first by a ' || replace(movement_type, '_', ' ') || '; '
        || coalesce('in order again on ' || cast(in_order_on as string), 'still short') || '.' as explanation
    from short_stock
    union all
    select
        kind,
        movement_id as fact_id,
        document_id,
        line_no,
        item_id,
        location_id,
        moved_at as happened_at,
        sold_at as compared_at,
        quantity,
        amount,
        case kind
            when 'return before its sale'
                then 'Came back on ' || cast(cast(moved_at as date) as string)
                    || ', was sold on ' || cast(cast(sold_at as date) as string)
            else 'Of ' || {{ plain_number('sold_quantity') }} || ' sold '
                || {{ plain_number('returned_quantity') }}
                || ' have come back with this return'
        end || ' (order ' || order_id || ').' as explanation
    from returns_out_of_order
    union all
    select
        kind,
        fact_id,
        document_id,
        line_no,
        item_id,
        location_id,
        happened_at,
        compared_at,
        quantity,
        amount,
        case kind
            when 'promised before ordered' then 'Promised for '
            when 'received before ordered' then 'Received on '
            when 'received before shipped' then 'Received on '
            when 'cost adjusted before its receipt' then 'Adjusted on '
            when 'count before opening' then 'Counted on '
            else 'Happened on '
        end || cast(cast(happened_at as date) as string)
        || case kind
            when 'promised before ordered' then ', ordered on '
            when 'received before ordered' then ', ordered on '
            when 'received before shipped' then ', shipped on '
            when 'cost adjusted before its receipt' then ', received on '
            when 'count before opening' then ', first stock of the position on '
            when 'booked after its month' then ', known and booked on '
            when 'dated before the data' then ', the data begin on '
            else ', the data end on '
        end || cast(cast(compared_at as date) as string) || '.' as explanation
    from documents_out_of_order
),

time_order_exceptions as (
    select
        facts.kind,
        facts.fact_id,
        facts.document_id,
        cast(facts.line_no as bigint) as line_no,
        facts.item_id,
        facts.location_id,
        facts.happened_at,
        facts.compared_at,
        cast(facts.quantity as {{ quantity_type() }}) as quantity,
        coalesce(
            cast(facts.amount as {{ money_type() }}),
            {{ rounded_amount('cast(facts.quantity as double) * item_costs.unit_cost') }}
        ) as amount,
        facts.explanation
    from facts
    left join item_costs on facts.item_id = item_costs.item_id
)

select * from time_order_exceptions
