with present_reserves as (
    select
        *,
        cast(null as {{ money_type() }}) as reserve_lower_amount,
        cast(null as {{ money_type() }}) as reserve_upper_amount
    from {{ ref('present_reserves') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

{{ scored_estimates('present_reserves', 'realised_outcomes') }}

select * from scored_estimates
