with reviewed_positions as (
    select * from {{ ref('int_reviewed_positions') }}
),

reserve_decisions as (
    select * from {{ ref('reserve_decisions') }}
),

-- Of a closed period what was proposed and decided when it was closed, whatever has changed or lapsed since.
reserves as (
    select * from {{ ref('reserves') }}
    where framework = '{{ var("accounting_framework") }}'
),

overrides as (
    select * from {{ ref('overrides') }}
),

-- A reason says whether it raises or lowers the reserve, and by how much.
signed_reasons as (
    select
        *,
        case when amount < 0 then '-' else '+' end || {{ plain_number('round(abs(amount))') }} as effect
    from {{ ref('reserve_reasons') }}
),

main_reasons as (
    select
        item_id,
        location_id,
        period_end
        {%- for rank in [1, 2, 3] %},
        max(case when reason_rank = {{ rank }} then reason || ' (' || effect || ')' end) as reason_{{ rank }}
        {%- endfor %}
    from signed_reasons
    group by item_id, location_id, period_end
),

segments as (
    select * from {{ ref('segments') }}
),

items as (
    select * from {{ ref('items') }}
),

locations as (
    select * from {{ ref('locations') }}
),

reserve_review as (
    select
        reviewed_positions.item_id,
        reviewed_positions.location_id,
        reviewed_positions.period_end,
        '{{ var("accounting_framework") }}' as framework,
        reviewed_positions.is_latest_period,
        {{ reporting_currency() }} as currency,
        items.description as item_description,
        items.category,
        locations.name as location_name,
        segments.segment,
        segments.value_class,
        items.unit_of_measure,
        cast(reviewed_positions.quantity as {{ quantity_type() }}) as quantity,
        reviewed_positions.cost_value,
        reviewed_positions.weighted_age_days,
        reviewed_positions.obsolescence_probability,
        reviewed_positions.risk_band,
        reviewed_positions.model_reserve_amount,
        reviewed_positions.model_lower_amount,
        reviewed_positions.model_upper_amount,
        reviewed_positions.model_change_amount,
        reviewed_positions.static_ageing_amount,
        reviewed_positions.calibrated_coverage_amount,
        reviewed_positions.model_over_policy_amount,
        reserve_decisions.method as proposing_method,
        coalesce(reserves.proposed_amount, reserve_decisions.proposed_amount) as proposed_amount,
        reserve_decisions.override_id,
        reserve_decisions.override_amount,
        reserve_decisions.override_status,
        overrides.rationale as override_rationale,
        reserves.decided_amount,
        reserves.decision_status,
        reserves.decided_by,
        reviewed_positions.booked_amount,
        reviewed_positions.booked_change_amount,
        reviewed_positions.carrying_value,
        main_reasons.reason_1,
        main_reasons.reason_2,
        main_reasons.reason_3
    from reviewed_positions
    inner join items on reviewed_positions.item_id = items.item_id
    inner join locations on reviewed_positions.location_id = locations.location_id
    left join reserve_decisions
        on
            reviewed_positions.item_id = reserve_decisions.item_id
            and reviewed_positions.location_id = reserve_decisions.location_id
            and reviewed_positions.period_end = reserve_decisions.period_end
    left join reserves
        on
            reviewed_positions.item_id = reserves.item_id
            and reviewed_positions.location_id = reserves.location_id
            and reviewed_positions.period_end = reserves.period_end
    left join overrides on reserve_decisions.override_id = overrides.override_id
    left join segments
        on
            reviewed_positions.item_id = segments.item_id
            and reviewed_positions.location_id = segments.location_id
            and reviewed_positions.period_end = segments.valuation_date
    left join main_reasons
        on
            reviewed_positions.item_id = main_reasons.item_id
            and reviewed_positions.location_id = main_reasons.location_id
            and reviewed_positions.period_end = main_reasons.period_end
)

select * from reserve_review
