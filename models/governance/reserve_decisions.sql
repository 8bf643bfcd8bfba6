-- Proposed, asked for and decided stand side by side. An override is shown, and holds nothing yet: until
-- approvals are applied, every proposal is decided as it was proposed.
with proposals as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'ml'
),

predictions as (
    select * from {{ ref('predictions') }}
),

requested as (
    select
        *,
        row_number() over (
            partition by item_id, location_id, period_end
            order by requested_at desc nulls last, override_id asc nulls last
        ) as place
    from {{ ref('overrides') }}
    where refusal_reason is null
),

overrides as (
    select * from requested
    where place = 1
),

reserve_decisions as (
    select
        proposals.item_id,
        proposals.location_id,
        proposals.valuation_date as period_end,
        predictions.run_id,
        proposals.quantity,
        proposals.cost_value,
        proposals.reserve_amount as proposed_amount,
        coalesce(own_override.override_id, item_override.override_id) as override_id,
        coalesce(own_override.reserve_amount, item_override.reserve_amount) as override_amount,
        proposals.reserve_amount as decided_amount,
        case
            when coalesce(own_override.override_id, item_override.override_id) is null then 'undisputed'
            else 'disputed'
        end as decision_status
    from proposals
    inner join predictions
        on
            proposals.item_id = predictions.item_id
            and proposals.location_id = predictions.location_id
            and proposals.valuation_date = predictions.valuation_date
    left join overrides as own_override
        on
            proposals.item_id = own_override.item_id
            and proposals.location_id = own_override.location_id
            and proposals.valuation_date = own_override.period_end
    left join overrides as item_override
        on
            proposals.item_id = item_override.item_id
            and item_override.location_id is null
            and proposals.valuation_date = item_override.period_end
)

select * from reserve_decisions
