{{ config(meta={"known_by": none}) }}

-- Only what came before a receipt speaks about its cost, so that a rebuild at any date mends alike; a standard cost
-- alone mends none, since it may be stated per hundred. Goods are free where the document says so: by a column, or by a
-- line of the same goods at a price beside it.
with used as (
    select * from {{ ref('int_used_receipts') }}
),

purchase_orders as (
    select
        po_id,
        item_id,
        median(case when unit_cost > 0 then unit_cost end) as unit_cost,
        sum(quantity) as quantity
    from {{ ref('stg_purchase_orders') }}
    group by po_id, item_id
),

compared as (
    select
        used.*,
        purchase_orders.unit_cost as order_cost,
        purchase_orders.quantity as order_quantity,
        case when count(nullif(used.unit_cost, 0)) over earlier_receipts >= 3
            then median(nullif(used.unit_cost, 0)) over earlier_receipts
        end as earlier_cost,
        max(used.unit_cost) over (partition by used.receipt_id, used.item_id) as highest_cost
    from used
    left join purchase_orders on used.po_id = purchase_orders.po_id and used.item_id = purchase_orders.item_id
    window earlier_receipts as (
        partition by used.item_id
        order by used.received_at nulls last, used.source_row_number
        rows between 7 preceding and 1 preceding
    )
),

missing_costs as (
    select * from {{ ref('int_missing_costs') }}
),

judged as (
    select
        compared.*,
        case
            when compared.is_free then 'as its document says'
            when compared.unit_cost = 0 and coalesce(compared.is_free, true) and compared.highest_cost > 0
                then 'beside a line with a cost'
            when compared.unit_cost = 0 and compared.is_free is null and '{{ var("zero_cost_means") }}' = 'free'
                then 'by the var zero_cost_means'
        end as free_reason,
        missing_costs.unit_cost as likely_cost,
        missing_costs.cost_source,
        {{ slip_factor('compared.unit_cost', 'coalesce(compared.order_cost, compared.earlier_cost)') }} as cost_factor,
        {{ slip_factor('compared.quantity', 'compared.order_quantity') }} as quantity_factor
    from compared
    left join missing_costs on compared.source_row_number = missing_costs.source_row_number
),

corrections as (
    select
        source_row_number,
        free_reason,
        free_reason is null and coalesce(unit_cost, 0) = 0 as is_cost_missing,
        likely_cost,
        cost_source,
        cost_factor,
        cast(coalesce(unit_cost_as_delivered / cost_factor, unit_cost_as_delivered) as {{ unit_value_type() }})
            as right_unit_cost,
        quantity_factor,
        cast(
            case when quantity_factor > 1 then quantity / quantity_factor else quantity end as {{ quantity_type() }}
        ) as right_quantity
    from judged
),

mended as (
    select
        used.* exclude (unit_cost_as_delivered, rate_to_reporting)
        replace (
            cast(
                case
                    when corrections.free_reason is not null then 0
                    when corrections.is_cost_missing then corrections.likely_cost
                    else coalesce(used.unit_cost / corrections.cost_factor, used.unit_cost)
                end as {{ unit_value_type() }}
            ) as unit_cost,
            corrections.right_quantity as quantity,
            corrections.free_reason is not null as is_free,
            nullif(concat_ws(
                '; ',
                used.mends,
                case
                    when used.is_free is null and corrections.free_reason is not null
                        then 'unit_cost of zero taken for free goods, ' || corrections.free_reason
                    when corrections.is_cost_missing and corrections.likely_cost is not null
                        then 'unit_cost missing, taken from ' || corrections.cost_source
                    when corrections.is_cost_missing then 'unit_cost missing, and nothing tells it'
                    when corrections.free_reason is null and corrections.cost_factor is not null
                        then 'unit_cost was ' || used.unit_cost
                end,
                case when corrections.quantity_factor > 1 then 'quantity was ' || used.quantity end
            ), '') as mends
        ),
        corrections.is_cost_missing and corrections.likely_cost is not null as is_cost_provisional,
        case
            when corrections.free_reason is not null then 0
            when corrections.is_cost_missing
                then {{ line_amount('corrections.right_quantity', 'corrections.likely_cost') }}
            else {{ line_amount(
                'corrections.right_quantity', 'corrections.right_unit_cost', 'used.rate_to_reporting'
            ) }}
        end as cost_amount
    from used
    inner join corrections on used.source_row_number = corrections.source_row_number
)

select * from mended
