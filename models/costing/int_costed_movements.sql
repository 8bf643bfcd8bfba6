with newly_costed as (
    select * from {{ ref('int_newly_costed') }}
)

select * from newly_costed
