-- How the proposed reserve would move if an assumption were another: the change of the structural estimate, in full,
-- on top of the champion's expected loss.
with structural_estimates as (
    select * from {{ ref('int_structural_estimates') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

scenarios as (
    select * from {{ ref('sensitivity_scenarios') }}
),

items as (
    select
        item_id,
        cast(1 - selling_cost_rate as double) as net_rate
    from {{ ref('items') }}
),

{% set net_price -%}
scenarios.price_factor
* least(greatest(items.net_rate - scenarios.selling_cost_change, 0), 1) / coalesce(nullif(items.net_rate, 0), 1)
{%- endset %}
{% set months = 'greatest(' ~ var('horizon_months') ~ ' + scenarios.horizon_change_months, 0)' -%}
changed_rates as (
    select
        structural_estimates.item_id,
        structural_estimates.location_id,
        structural_estimates.valuation_date,
        scenarios.scenario,
        predictions.expected_loss_rate,
        structural_estimates.cost_value,
        {{ structural_loss_rate(
            months, 'scenarios.demand_factor', net_price, 'scenarios.recovery_change'
        ) }} - structural_estimates.structural_loss_rate as rate_change
    from structural_estimates
    inner join valuation_dates on structural_estimates.valuation_date = valuation_dates.valuation_date
    inner join predictions
        on
            structural_estimates.item_id = predictions.item_id
            and structural_estimates.location_id = predictions.location_id
            and structural_estimates.valuation_date = predictions.valuation_date
    inner join items on structural_estimates.item_id = items.item_id
    cross join scenarios
),

reserve_sensitivity as (
    select
        item_id,
        location_id,
        valuation_date,
        scenario,
        {{ rounded_amount('cost_value * expected_loss_rate') }} as reserve_amount,
        {{ rounded_amount('cost_value * least(greatest(expected_loss_rate + rate_change, 0), 1)') }}
            as changed_reserve_amount
    from changed_rates
)

select * from reserve_sensitivity
