with audit_log as (
    select * from {{ ref('audit_log') }}
),

booking_log as (
    select * from {{ ref('booking_log') }}
),

audit_trail as (
    {% for log in ['audit_log', 'booking_log'] -%}
    select
        '{{ log }}' as log_name,
        entry_number,
        source_name,
        event,
        subject_id,
        happened_at,
        actor,
        words,
        {{ 'audit_entry_hash' if log == 'booking_log' else 'cast(null as string)' }} as audit_entry_hash,
        previous_hash,
        entry_hash
    from {{ log }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from audit_trail
