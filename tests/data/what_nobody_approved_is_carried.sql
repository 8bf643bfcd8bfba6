-- What is not to be booked is neither added to nor reversed; by the var, nothing is booked that nobody approved.
select
    decisions.item_id,
    decisions.location_id,
    decisions.period_end,
    decisions.decision_status,
    rollforward.addition_amount,
    rollforward.reversal_amount
from {{ ref('reserves') }} as decisions
left join {{ ref('reserve_rollforward') }} as rollforward
    on
        decisions.item_id = rollforward.item_id
        and decisions.location_id = rollforward.location_id
        and decisions.period_end = rollforward.period_end
        and decisions.framework = rollforward.framework
where
    (not decisions.is_booked and (rollforward.addition_amount <> 0 or rollforward.reversal_amount <> 0))
    {% if var('book_without_approval') is not sameas true -%}
    or (decisions.is_booked and decisions.decided_by is null)
    {% endif -%}
    or (decisions.is_booked and decisions.decision_status in ('rejected', 'awaiting approval'))
