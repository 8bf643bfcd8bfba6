with evidence as (
    select * from {{ ref('int_evidence') }}
),

period_states as (
    select * from {{ ref('int_period_states') }}
    where period_state = 'closing'
),

closed_evidence as (
    select
        period_states.set_of_books,
        period_states.period_end,
        evidence.kind,
        evidence.name,
        evidence.content
    from period_states
    cross join evidence
)

select * from closed_evidence
