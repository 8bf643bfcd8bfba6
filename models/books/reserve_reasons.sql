with proposal_reasons as (
    select * from {{ ref('int_proposal_reasons') }}
),

closed_reasons as (
    select * from {{ source('sealed', 'reserve_reasons') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where not is_closed
),

open_reasons as (
    select proposal_reasons.*
    from proposal_reasons
    inner join period_states on proposal_reasons.period_end = period_states.period_end
),

reserve_reasons as (
    select * from closed_reasons
    union all
    select * from open_reasons
)

select * from reserve_reasons
