-- What the journal does to the reserve's accounts is the roll-forward's change, position by position; so it is with the
-- accrual of purchase commitments. Additions credit these accounts, all else debits them, transfers do either.
with booked as (
    select
        item_id,
        location_id,
        framework,
        period_end,
        entry_kind like 'commitment%' as is_commitment,
        sum(
            case
                when entry_kind in ('addition', 'commitment_addition') then credit_amount
                when entry_kind = 'transferred' then credit_amount - debit_amount
                else -debit_amount
            end
        ) as change_amount
    from {{ ref('journal_lines') }}
    group by item_id, location_id, framework, period_end, entry_kind like 'commitment%'
),

rolled as (
    select
        item_id,
        location_id,
        framework,
        period_end,
        false as is_commitment,
        closing_amount - opening_amount as change_amount
    from {{ ref('reserve_rollforward') }}
    union all
    select item_id, location_id, framework, period_end, true, closing_amount - opening_amount
    from {{ ref('commitment_rollforward') }}
)

select
    coalesce(rolled.item_id, booked.item_id) as item_id,
    coalesce(rolled.location_id, booked.location_id) as location_id,
    coalesce(rolled.framework, booked.framework) as framework,
    coalesce(rolled.period_end, booked.period_end) as period_end,
    coalesce(rolled.change_amount, 0) - coalesce(booked.change_amount, 0) as difference
from rolled
full outer join booked
    on
        rolled.item_id = booked.item_id
        and rolled.location_id = booked.location_id
        and rolled.framework = booked.framework
        and rolled.period_end = booked.period_end
        and rolled.is_commitment = booked.is_commitment
where coalesce(rolled.change_amount, 0) <> coalesce(booked.change_amount, 0)
