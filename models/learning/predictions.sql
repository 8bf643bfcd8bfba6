with scores as (
    select * from {{ ref('int_scores') }}
),

segments as (
    select * from {{ ref('segments') }}
),

champions as (
    select * from {{ ref('champions') }}
),

items as (
    select * from {{ ref('items') }}
),

price_outlooks as (
    select * from {{ ref('int_price_outlooks') }}
),

risk_bands as (
    select * from {{ ref('int_risk_bands') }}
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

by_target as (
    select
        scores.item_id,
        scores.location_id,
        scores.valuation_date,
        max(segments.segment) as segment,
        max(champions.model) as model,
        max(champions.trained_on) as trained_on,
        max(case when scores.model = champions.model then scores.run_id end) as run_id,
        max(case when scores.model = champions.model then scores.prediction end) as loss_rate,
        max(case when scores.model = champions.model then scores.lower end) as loss_rate_lower,
        max(case when scores.model = champions.model then scores.upper end) as loss_rate_upper,
        max(case when scores.model = champions.model then scores.lower_95 end) as loss_rate_lower_95,
        max(case when scores.model = champions.model then scores.upper_95 end) as loss_rate_upper_95,
        max(case when scores.target = 'obsolescence' then scores.prediction end) as obsolescence_probability
    from scores
    inner join segments
        on
            scores.item_id = segments.item_id
            and scores.location_id = segments.location_id
            and scores.valuation_date = segments.valuation_date
    inner join champions on scores.valuation_date = champions.valuation_date
    group by scores.item_id, scores.location_id, scores.valuation_date
),

-- What is expected to lose more than half of its cost is at least as risky as that.
rated as (
    select
        *,
        greatest(obsolescence_probability, case when loss_rate > 0.5 then loss_rate end) as risk_rate
    from by_target
),

predictions as (
    select
        by_target.item_id,
        by_target.location_id,
        by_target.valuation_date,
        by_target.model,
        by_target.trained_on,
        by_target.run_id,
        by_target.obsolescence_probability,
        demand_distributions.no_sale_probability,
        risk_bands.risk_band,
        by_target.loss_rate as expected_loss_rate,
        by_target.loss_rate_lower,
        by_target.loss_rate_upper,
        by_target.loss_rate_lower_95,
        by_target.loss_rate_upper_95,
        {{ rounded_quantity_total('demand_distributions.expected_demand_quantity') }} as expected_demand_quantity,
        {{ rounded_unit_value('present_price * ' ~ price_factor(mean_sale_month(
            'items.horizon_months', '(expected_demand_quantity / items.horizon_months)', 'price_outlooks.quantity'
        ))) }} as expected_net_price
    from rated as by_target
    inner join items on by_target.item_id = items.item_id
    inner join price_outlooks
        on
            by_target.item_id = price_outlooks.item_id
            and by_target.location_id = price_outlooks.location_id
            and by_target.valuation_date = price_outlooks.valuation_date
    inner join demand_distributions
        on
            by_target.item_id = demand_distributions.item_id
            and by_target.location_id = demand_distributions.location_id
            and by_target.valuation_date = demand_distributions.valuation_date
    left join risk_bands
        on
            by_target.segment = risk_bands.segment
            and by_target.risk_rate >= risk_bands.from_probability
            and coalesce(by_target.risk_rate < risk_bands.to_probability, true)
)

select * from predictions
