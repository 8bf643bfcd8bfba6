-- The purchase price variance of receipts is what they and their late costs sent to cost of sales at standard, and each
-- is what was paid less the standard value.
with purchase_price_variances as (
    select * from {{ ref('purchase_price_variances') }}
),

movements as (
    select * from {{ ref('movements') }}
),

booked as (
    select coalesce(sum(costed_movements.standard_variance_amount), 0) as variance_amount
    from {{ ref('int_costed_movements') }} as costed_movements
    inner join movements on costed_movements.movement_number = movements.movement_number
    where
        movements.movement_type = 'receipt'
        or (movements.movement_type = 'cost_adjustment' and movements.linked_movement_number is not null)
),

shown as (
    select coalesce(sum(variance_amount), 0) as variance_amount from purchase_price_variances
)

select
    'in total' as document_id,
    booked.variance_amount as expected_amount,
    shown.variance_amount
from booked
cross join shown
where booked.variance_amount <> shown.variance_amount
union all
select
    purchase_price_variances.document_id,
    movements.cost_amount + late_cost_amount - standard_value as expected_amount,
    variance_amount
from purchase_price_variances
inner join movements on purchase_price_variances.movement_number = movements.movement_number
where movements.cost_amount + late_cost_amount - standard_value <> variance_amount
