-- What can be decided on, and the hash of its figures, to which a decision is bound.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

checked_requests as (
    select * from {{ ref('int_checked_requests') }}
),

subject_hashes as (
    select
        'write_down' as subject_type,
        {{ write_down_key('proposals') }} as subject_key,
        proposal_hash as subject_hash
    from proposals
    union all
    select
        'period' as subject_type,
        cast(period_end as string) as subject_key,
        {{ sha256_hex(joined_in_order('proposal_hash')) }} as subject_hash
    from proposals
    group by period_end
    union all
    select
        'override' as subject_type,
        override_id as subject_key,
        override_hash as subject_hash
    from checked_requests
    where override_hash is not null
)

select * from subject_hashes
