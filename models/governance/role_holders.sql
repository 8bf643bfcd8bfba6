-- Who may approve. The seed is changed by a reviewed pull request, so it goes before what the input files claim.
with named_here as (
    select
        approver,
        approver_role,
        'seed approvers' as named_in
    from {{ ref('approvers') }}
),

named_by_input as (
    select
        approver,
        approver_role,
        'input table approvers' as named_in
    from {{ ref('stg_approvers') }}
),

named as (
    select * from named_here
    union all
    select named_by_input.*
    from named_by_input
    cross join (select count(*) as holder_count from named_here) as seed
    where seed.holder_count = 0
),

role_holders as (
    select
        {{ bare_name('approver') }} as bare_approver,
        lower(trim(approver_role)) as approver_role,
        min(approver) as approver,
        min(named_in) as named_in
    from named
    where {{ bare_name('approver') }} is not null
    group by {{ bare_name('approver') }}, lower(trim(approver_role))
)

select * from role_holders
