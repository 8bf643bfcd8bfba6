with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

{{ scored_estimates('reserve_estimates', 'realised_outcomes') }}

select * from scored_estimates
