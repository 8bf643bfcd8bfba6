-- What is not to be booked is neither added to nor reversed; what is booked, a person decided, or it is routine.
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
    or (decisions.is_booked and (decisions.decided_by is null) <> (decisions.decision_status = 'booked automatically'))
    {% if var('book_without_approval') is not sameas true -%}
    or decisions.decision_status = 'booked automatically'
    {% endif -%}
    or (decisions.is_booked and decisions.decision_status not in (
        'override applied', 'write-down approved', 'approved', 'booked automatically'
    ))
