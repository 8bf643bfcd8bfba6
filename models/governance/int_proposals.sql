-- The proposals that stand in this build. The hash binds each to what it was made of.
{%- set made_of = ['method', 'model', 'run_id', 'quantity', 'cost_value', 'proposed_amount', 'policy_hash'] %}
with compared_proposals as (
    select * from {{ ref('int_compared_proposals') }}
    where stands
),

as_of as (
    select max(last_month_end) as as_of_date from {{ ref('valuation_dates') }}
),

proposals as (
    select
        compared_proposals.item_id,
        compared_proposals.location_id,
        compared_proposals.period_end,
        {% for column in made_of -%}
        case
            when compared_proposals.is_made_anew then compared_proposals.present_{{ column }}
            else compared_proposals.standing_{{ column }}
        end as {{ column }},
        {% endfor -%}
        coalesce(compared_proposals.present_proposed_amount, 0) as present_amount,
        compared_proposals.standing_number
        + case when compared_proposals.is_made_anew then 1 else 0 end as proposal_number,
        case when compared_proposals.is_made_anew then as_of.as_of_date else compared_proposals.standing_as_of end
            as proposed_as_of,
        compared_proposals.cause
    from compared_proposals
    cross join as_of
),

hashed_proposals as (
    select
        *,
        {{ hash_of([
            'item_id', 'location_id', 'period_end', 'proposed_amount', 'run_id',
            'cast(quantity as ' ~ quantity_type() ~ ')', 'cost_value',
        ]) }} as proposal_hash
    from proposals
)

select * from hashed_proposals
