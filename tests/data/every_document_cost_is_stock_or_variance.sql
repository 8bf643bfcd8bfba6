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
    max(movements.cost_amount) as cost_amount,
    sum(issue_costs.value_change + issue_costs.variance_amount) as costed_amount
from issue_costs
inner join movements on issue_costs.movement_number = movements.movement_number
where movements.cost_amount is not null
group by issue_costs.movement_number, issue_costs.costing_method
having sum(issue_costs.value_change + issue_costs.variance_amount) <> max(movements.cost_amount)
