-- What comes late to a receipt is variance as a whole: at standard, stock never holds it.
with costed_movements as (
    select * from {{ ref('int_costed_movements') }}
    where not is_elsewhere and standard_value_change is not null
),

movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('receipt', 'cost_adjustment')
),

late_costs as (
    select
        movements.linked_movement_number,
        sum(costed_movements.standard_variance_amount) as late_cost_amount
    from movements
    inner join costed_movements on movements.movement_number = costed_movements.movement_number
    where movements.linked_movement_number is not null
    group by movements.linked_movement_number
),

valued_receipts as (
    select
        movements.movement_number,
        movements.document_id,
        movements.line_no,
        movements.item_id,
        movements.location_id,
        movements.supplier_id,
        movements.posted_on,
        movements.quantity_change as quantity,
        costed_movements.standard_value_change as standard_value,
        cast(
            costed_movements.standard_value_change + costed_movements.standard_variance_amount as {{ money_type() }}
        ) as receipt_cost_amount,
        cast(coalesce(late_costs.late_cost_amount, 0) as {{ money_type() }}) as late_cost_amount,
        cast(
            costed_movements.standard_variance_amount + coalesce(late_costs.late_cost_amount, 0) as {{ money_type() }}
        ) as variance_amount
    from movements
    inner join costed_movements on movements.movement_number = costed_movements.movement_number
    left join late_costs on movements.movement_number = late_costs.linked_movement_number
    where movements.movement_type = 'receipt'
),

purchase_price_variances as (
    select
        *,
        {{ ratio('variance_amount', 'standard_value') }} as variance_rate
    from valued_receipts
)

select * from purchase_price_variances
