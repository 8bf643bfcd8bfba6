with new_states as (
    select * from {{ ref('int_new_states') }}
)

select * from new_states
