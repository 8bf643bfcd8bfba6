-- The hash binds a proposal to what it was made of. Outside a pilot's category, and where no
-- model was trained, the ageing policy goes on to propose.
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
),

-- What only the model proposes has a run; a condition on one side of the join alone would compare all with all.
predictions as (
    select
        *,
        'ml' as method
    from {{ ref('predictions') }}
),

items as (
    select * from {{ ref('items') }}
),

trainings as (
    select count(*) > 0 as has_model
    from predictions
),

proposing_methods as (
    select
        items.item_id,
        case
            when
                trainings.has_model
                {% if var('pilot_category') -%}
                and items.category = '{{ sql_text(var("pilot_category")) }}'
                {%- endif %}
                then 'ml'
            else 'static_ageing'
        end as method
    from items
    cross join trainings
),

proposals as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date as period_end,
        reserve_estimates.method,
        predictions.run_id,
        reserve_estimates.quantity,
        reserve_estimates.cost_value,
        reserve_estimates.reserve_amount as proposed_amount
    from reserve_estimates
    inner join proposing_methods
        on
            reserve_estimates.item_id = proposing_methods.item_id
            and reserve_estimates.method = proposing_methods.method
    left join predictions
        on
            reserve_estimates.item_id = predictions.item_id
            and reserve_estimates.location_id = predictions.location_id
            and reserve_estimates.valuation_date = predictions.valuation_date
            and reserve_estimates.method = predictions.method
),

hashed_proposals as (
    select
        *,
        {{ hash_of(['item_id', 'location_id', 'period_end', 'proposed_amount', 'run_id', 'quantity', 'cost_value']) }}
            as proposal_hash
    from proposals
)

select * from hashed_proposals
