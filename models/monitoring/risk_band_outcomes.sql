-- By the limits in force now, at earlier dates too: a change of limits shows at once what it would have meant.
with predictions as (
    select * from {{ ref('predictions') }}
    where risk_band is not null
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

band_sums as (
    select
        predictions.valuation_date,
        predictions.risk_band,
        count(*) as positions,
        cast(sum(realised_outcomes.cost_value) as {{ money_total_type() }}) as cost_value,
        sum({{ rounded_amount('predictions.obsolescence_probability') }}) as probability_sum,
        count(case when realised_outcomes.is_obsolete then 1 end) as obsolete_positions,
        sum(case when realised_outcomes.is_obsolete then realised_outcomes.cost_value else 0 end) as obsolete_value
    from predictions
    inner join realised_outcomes
        on
            predictions.item_id = realised_outcomes.item_id
            and predictions.location_id = realised_outcomes.location_id
            and predictions.valuation_date = realised_outcomes.valuation_date
    group by predictions.valuation_date, predictions.risk_band
),

risk_band_outcomes as (
    select
        valuation_date,
        risk_band,
        positions,
        cost_value,
        {{ ratio('probability_sum', 'positions') }} as expected_rate,
        {{ ratio('obsolete_positions', 'positions') }} as realised_rate,
        {{ ratio('obsolete_value', 'cost_value') }} as realised_value_rate
    from band_sums
)

select * from risk_band_outcomes
