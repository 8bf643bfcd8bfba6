-- A cost that a document names is in the inventory value or in variance, whole, by every method.
with issue_costs as (
    select * from {{ ref('issue_costs') }}
),

movements as (
    select * from {{ ref('movements') }}
)

select
    issue_costs.movement_number,
    issue_costs.costing_method,
    movements.cost_amount,
    issue_costs.value_change + issue_costs.variance_amount as costed_amount
from issue_costs
inner join movements on issue_costs.movement_number = movements.movement_number
where
    movements.cost_amount is not null
    and issue_costs.value_change + issue_costs.variance_amount <> movements.cost_amount
