-- Written twice, because a Python model can't append: the adapter looks for its new rows on another connection.
with newly_costed as (
    select * from {{ ref('int_newly_costed') }}
)

select * from newly_costed
