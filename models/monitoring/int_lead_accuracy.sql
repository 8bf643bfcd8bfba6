-- Earlier than the loss: since when a method had reserved half of what stock was to lose, and held it until the loss.
-- Counted is stock that the ageing policy had not begun to reserve at its valuation date: whatever a method saw of it,
-- it saw on the way. An alarm that is withdrawn before the loss is none. At equal reserve all that a method holds is
-- scaled by what its total needed at the valuation date, so that who reserves everything is not first for nothing.
{%- set leads = {'lead_months': '1', 'equal_reserve_lead_months': 'scale'} %}
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where {{ at_month_ends() }}
),

scored_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

realised_outcomes as (
    select
        *,
        cast(valuation_date as date) + cast(round(days_to_loss) as integer) as lost_on
    from {{ ref('realised_outcomes') }}
    where is_scored and is_obsolete
),

losses as (
    select
        scored_estimates.item_id,
        scored_estimates.location_id,
        scored_estimates.valuation_date,
        scored_estimates.method,
        realised_outcomes.realised_loss,
        realised_outcomes.lost_on,
        0.5 * realised_outcomes.realised_loss_rate as half_rate,
        {{ ratio('scored_estimates.total_loss', 'scored_estimates.total_reserve') }} as scale
    from scored_estimates
    inner join realised_outcomes
        on
            scored_estimates.item_id = realised_outcomes.item_id
            and scored_estimates.location_id = realised_outcomes.location_id
            and scored_estimates.valuation_date = realised_outcomes.valuation_date
    inner join reserve_estimates as policy_reserves
        on
            scored_estimates.item_id = policy_reserves.item_id
            and scored_estimates.location_id = policy_reserves.location_id
            and scored_estimates.valuation_date = policy_reserves.valuation_date
            and policy_reserves.method = 'static_ageing'
            and policy_reserves.reserve_amount = 0
),

-- The same stock at the month ends up to its loss.
watched as (
    select
        losses.*,
        reserve_estimates.valuation_date as watched_on,
        {{ ratio('reserve_estimates.reserve_amount', 'reserve_estimates.cost_value') }} as reserve_rate
    from losses
    inner join reserve_estimates
        on
            losses.item_id = reserve_estimates.item_id
            and losses.location_id = reserve_estimates.location_id
            and losses.method = reserve_estimates.method
            and losses.valuation_date <= reserve_estimates.valuation_date
            and losses.lost_on > reserve_estimates.valuation_date
),

{% for lead, scale in leads.items() -%}
{{ lead }}_unforeseen as (
    select
        *,
        max(case when coalesce({{ scale }} * reserve_rate < half_rate, true) then watched_on end) over (
            partition by item_id, location_id, valuation_date, method
        ) as last_unforeseen_on
    from watched
),

{{ lead }}_by_position as (
    select
        item_id,
        location_id,
        valuation_date,
        method,
        max(realised_loss) as realised_loss,
        coalesce(max(
            case
                when watched_on > last_unforeseen_on or last_unforeseen_on is null
                    then {{ days_between('watched_on', 'lost_on') }} / 30.4375
            end
        ), 0) as lead_months
    from {{ lead }}_unforeseen
    group by item_id, location_id, valuation_date, method
),

{% endfor -%}
lead_accuracy as (
    {% for lead in leads -%}
    select
        valuation_date,
        method,
        '{{ lead }}' as metric,
        cast(median(lead_months) as double) as value,
        count(*) as positions
    from {{ lead }}_by_position
    group by valuation_date, method
    union all
    {% endfor -%}
    select
        valuation_date,
        method,
        'lead_missed_rate' as metric,
        {{ ratio('sum(case when lead_months = 0 then realised_loss else 0 end)', 'sum(realised_loss)') }} as value,
        count(*) as positions
    from lead_months_by_position
    group by valuation_date, method
)

select * from lead_accuracy
