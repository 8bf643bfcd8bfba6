-- A decision may name the hash of what it decides on, behind a #: 2026-05-31#<hash>. Behind the name of an override or
-- a write-down only a whole hash counts as one, since ids may hold a # too.
with delivered as (
    select approval_id
    from {{ ref('stg_reserve_approvals') }}
    union all
    select first_key as approval_id
    from {{ ref('int_unused_rows') }}
    where table_name = 'reserve_approvals' and row_reason <> 'the same row delivered again'
),

deliveries as (
    select
        approval_id,
        count(*) as content_count
    from delivered
    group by approval_id
),

role_holders as (
    select * from {{ ref('role_holders') }}
),

decisions as (
    select
        *,
        lower(subject_type) as subject_kind,
        lower(approver_role) as role_claimed,
        {{ bare_name('approver') }} as bare_approver,
        case
            when
                subject_id like '%#%'
                and (lower(subject_type) = 'period' or trim(subject_id) like '%#' || repeat('_', 64))
                then lower(trim(split_part(subject_id, '#', -1)))
        end as named_hash
    from {{ ref('stg_reserve_approvals') }}
),

holder_counts as (
    select count(*) as holder_count from role_holders
),

given_decisions as (
    select
        decisions.approval_id,
        row_number() over (
            partition by decisions.approval_id
            order by decisions.source_row_number nulls last
        ) as delivery_number,
        decisions.subject_kind as subject_type,
        decisions.subject_id,
        trim(
            case
                when decisions.named_hash is null then decisions.subject_id
                when decisions.subject_kind = 'period' then split_part(decisions.subject_id, '#', 1)
                else left(trim(decisions.subject_id), length(trim(decisions.subject_id)) - 65)
            end
        ) as subject_key,
        decisions.named_hash,
        lower(decisions.decision) as decision,
        decisions.approver,
        decisions.bare_approver,
        decisions.role_claimed as approver_role,
        role_holders.approver_role is not null as holds_role,
        holder_counts.holder_count = 0 as nobody_holds_a_role,
        decisions.decided_at,
        decisions.comment,
        deliveries.content_count,
        {{ hash_of([
            'decisions.approval_id', 'decisions.subject_kind', 'decisions.subject_id', 'lower(decisions.decision)',
            'decisions.bare_approver', 'decisions.role_claimed', 'decisions.decided_at',
        ]) }} as decision_hash
    from decisions
    inner join deliveries on decisions.approval_id = deliveries.approval_id
    cross join holder_counts
    left join role_holders
        on
            decisions.bare_approver = role_holders.bare_approver
            and decisions.role_claimed = role_holders.approver_role
)

select * from given_decisions
