with controls as (
    select * from {{ ref('int_controls') }}
),

controls_found as (
    select
        control_name,
        purpose,
        checked_count,
        exception_count,
        is_effective
    from controls
)

select * from controls_found
