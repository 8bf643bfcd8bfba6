-- A decision is bound to the figures that stood when it was first read, whether it names their hash or not: never
-- rewritten, so that a later proposal finds no approval.
with given_decisions as (
    select * from {{ ref('int_given_decisions') }}
),

subject_hashes as (
    select * from {{ ref('int_subject_hashes') }}
),

approval_bindings as (
    select distinct
        {{ source_name() }} as source_name,
        given_decisions.decision_hash,
        given_decisions.approval_id,
        given_decisions.subject_type,
        given_decisions.subject_key,
        subject_hashes.subject_hash,
        '{{ invocation_id }}' as written_by_build
    from given_decisions
    inner join subject_hashes
        on
            given_decisions.subject_type = subject_hashes.subject_type
            and given_decisions.subject_key = subject_hashes.subject_key
    {% if is_incremental() -%}
    left join {{ this }} as bound
        on
            given_decisions.decision_hash = bound.decision_hash
            and bound.source_name = {{ source_name() }}
    where bound.decision_hash is null
    {%- endif %}
)

select * from approval_bindings
