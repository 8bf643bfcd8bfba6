-- Who was closer, the person or the model; an override without a location speaks for all of them.
with overrides as (
    select * from {{ ref('overrides') }}
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

override_sums as (
    select
        overrides.override_id,
        overrides.item_id,
        overrides.location_id,
        overrides.period_end,
        overrides.reason_code,
        overrides.requested_by,
        overrides.override_status,
        overrides.reserve_amount as override_amount,
        cast(sum(reserve_estimates.reserve_amount) as {{ money_total_type() }}) as model_amount,
        cast(sum(realised_outcomes.realised_loss) as {{ money_total_type() }}) as realised_loss
    from overrides
    left join reserve_estimates
        on
            overrides.item_id = reserve_estimates.item_id
            and (overrides.location_id is null or overrides.location_id = reserve_estimates.location_id)
            and overrides.period_end = reserve_estimates.valuation_date
    left join realised_outcomes
        on
            reserve_estimates.item_id = realised_outcomes.item_id
            and reserve_estimates.location_id = realised_outcomes.location_id
            and reserve_estimates.valuation_date = realised_outcomes.valuation_date
    group by
        overrides.override_id,
        overrides.item_id,
        overrides.location_id,
        overrides.period_end,
        overrides.reason_code,
        overrides.requested_by,
        overrides.override_status,
        overrides.reserve_amount
),

override_errors as (
    select
        *,
        override_amount - realised_loss as override_error_amount,
        model_amount - realised_loss as model_error_amount
    from override_sums
),

override_outcomes as (
    select
        *,
        case
            when abs(override_error_amount) < abs(model_error_amount) then 'override'
            when abs(override_error_amount) > abs(model_error_amount) then 'model'
            when override_error_amount is not null and model_error_amount is not null then 'neither'
        end as closer
    from override_errors
)

select * from override_outcomes
