with scored_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

{{ reserve_accuracy() }}

select * from reserve_accuracy
