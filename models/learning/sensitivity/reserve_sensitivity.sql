{{ config(meta={'known_by': none}) }}

-- How the proposed reserve would move if an assumption were another: the change of the loss unit by unit, in full, on
-- top of the champion's expected loss.
with sell_through_losses as (
    select * from {{ ref('int_sell_through_losses') }}
),

scenario_sales as (
    select * from {{ ref('int_scenario_sales') }}
),

predictions as (
    select * from {{ ref('predictions') }}
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
changed_rates as (
    select
        sell_through_losses.item_id,
        sell_through_losses.location_id,
        sell_through_losses.valuation_date,
        scenario_sales.scenario,
        predictions.expected_loss_rate,
        sell_through_losses.cost_value,
        {{ sell_through_loss_rate(
            'scenario_sales.unsold_rate', '(sell_through_losses.expected_demand_quantity * scenarios.demand_factor)',
            'greatest(scenario_sales.horizon_months, 1)', net_price, 'scenarios.recovery_change'
        ) }} - sell_through_losses.sell_through_loss_rate as rate_change
    from sell_through_losses
    inner join scenario_sales
        on
            sell_through_losses.item_id = scenario_sales.item_id
            and sell_through_losses.location_id = scenario_sales.location_id
            and sell_through_losses.valuation_date = scenario_sales.valuation_date
    inner join scenarios on scenario_sales.scenario = scenarios.scenario
    inner join predictions
        on
            sell_through_losses.item_id = predictions.item_id
            and sell_through_losses.location_id = predictions.location_id
            and sell_through_losses.valuation_date = predictions.valuation_date
    inner join items on sell_through_losses.item_id = items.item_id
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
