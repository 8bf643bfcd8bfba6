-- What the present estimates would propose. Outside a pilot's category, where no model was trained, and for stock of
-- which the model says nothing, the ageing policy goes on to propose. A change under the policy constant
-- least_reserve_change, as a share of cost, is not proposed: stock of the same quantity keeps what an earlier build
-- proposed of it for the month before.
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where reserve_amount is not null and {{ at_month_ends() }}
),

-- What only the model proposes has a run; a condition on one side of the join alone would compare all with all.
predictions as (
    select
        *,
        'champion' as method
    from {{ ref('predictions') }}
),

standing_proposals as (
    select * from {{ ref('int_standing_proposals') }}
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
                then 'champion'
            else 'static_ageing'
        end as method
    from items
    cross join trainings
),

model_dates as (
    select distinct valuation_date from predictions
),

candidates as (
    select
        reserve_estimates.*,
        row_number() over (
            partition by reserve_estimates.item_id, reserve_estimates.location_id, reserve_estimates.valuation_date
            order by case when reserve_estimates.method = proposing_methods.method then 0 else 1 end nulls last
        ) as place
    from reserve_estimates
    inner join proposing_methods on reserve_estimates.item_id = proposing_methods.item_id
    left join model_dates on reserve_estimates.valuation_date = model_dates.valuation_date
    where
        reserve_estimates.method = proposing_methods.method
        or (reserve_estimates.method = 'static_ageing' and model_dates.valuation_date is not null)
),

present_proposals as (
    select
        candidates.item_id,
        candidates.location_id,
        candidates.valuation_date as period_end,
        candidates.method,
        coalesce(predictions.model, candidates.method) as model,
        predictions.run_id,
        candidates.quantity,
        candidates.cost_value,
        case
            when
                abs(candidates.reserve_amount - earlier.proposed_amount)
                < {{ policy_constant('least_reserve_change') }} * candidates.cost_value
                then least(earlier.proposed_amount, candidates.cost_value)
            else candidates.reserve_amount
        end as proposed_amount
    from candidates
    left join predictions
        on
            candidates.item_id = predictions.item_id
            and candidates.location_id = predictions.location_id
            and candidates.valuation_date = predictions.valuation_date
            and candidates.method = predictions.method
    left join standing_proposals as earlier
        on
            candidates.item_id = earlier.item_id
            and candidates.location_id = earlier.location_id
            and {{ month_end_after('candidates.valuation_date', -1) }} = earlier.period_end
            and candidates.quantity = earlier.quantity
    where candidates.place = 1
)

select * from present_proposals
