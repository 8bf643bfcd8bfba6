-- What demand and prices say is told by the units and prices of net realizable value. Where it is none of the model's
-- strongest families, what they say alone is a line of its own, taken from the usual loss. The last line of a position
-- closes the gap to its reserve, so that the drivers sum to it exactly.
with prediction_drivers as (
    select * from {{ ref('prediction_drivers') }}
),

without_demand as (
    select
        item_id,
        location_id,
        valuation_date,
        max(driver_rank) + 1 as line_rank
    from prediction_drivers
    group by item_id, location_id, valuation_date
    having not bool_or(family in ('sell_through', 'nrv', 'rule'))
),

demand_reasons as (
    select
        demand_reasons.*,
        without_demand.line_rank,
        case when without_demand.line_rank is not null then demand_reasons.shortfall_amount end as line_amount
    from {{ ref('int_demand_reasons') }} as demand_reasons
    left join without_demand
        on
            demand_reasons.item_id = without_demand.item_id
            and demand_reasons.location_id = without_demand.location_id
            and demand_reasons.valuation_date = without_demand.valuation_date
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

named_drivers as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date,
        prediction_drivers.driver_rank,
        prediction_drivers.feature,
        prediction_drivers.family,
        case
            when prediction_drivers.family in ('sell_through', 'nrv')
                then coalesce(demand_reasons.reason, prediction_drivers.reason)
            when prediction_drivers.family in ('price', 'margin') and demand_reasons.keeps_no_prices
                then 'No prices are kept: what is used counts at its cost'
            when prediction_drivers.family = 'baseline' and demand_reasons.line_rank is not null
                then prediction_drivers.reason || ', less what demand and prices say'
            else prediction_drivers.reason
        end as reason,
        {{ rounded_amount('prediction_drivers.contribution_rate * reserve_estimates.cost_value') }}
        - case when prediction_drivers.family = 'baseline' then coalesce(demand_reasons.line_amount, 0) else 0 end
            as driver_amount
    from reserve_estimates
    inner join prediction_drivers
        on
            reserve_estimates.item_id = prediction_drivers.item_id
            and reserve_estimates.location_id = prediction_drivers.location_id
            and reserve_estimates.valuation_date = prediction_drivers.valuation_date
    left join demand_reasons
        on
            reserve_estimates.item_id = demand_reasons.item_id
            and reserve_estimates.location_id = demand_reasons.location_id
            and reserve_estimates.valuation_date = demand_reasons.valuation_date
    union all
    select
        item_id,
        location_id,
        valuation_date,
        line_rank as driver_rank,
        'nrv' as feature,
        'nrv' as family,
        reason,
        line_amount as driver_amount
    from demand_reasons
    where line_rank is not null
),

driver_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        max(driver_rank) as last_rank,
        sum(driver_amount) as driver_amount
    from named_drivers
    group by item_id, location_id, valuation_date
),

closing_lines as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date,
        coalesce(driver_sums.last_rank, 0) + 1 as driver_rank,
        'other' as feature,
        'other' as family,
        'Limits and rounding' as reason,
        cast(
            reserve_estimates.reserve_amount - coalesce(driver_sums.driver_amount, 0)
            as {{ money_type() }}
        ) as driver_amount
    from reserve_estimates
    left join driver_sums
        on
            reserve_estimates.item_id = driver_sums.item_id
            and reserve_estimates.location_id = driver_sums.location_id
            and reserve_estimates.valuation_date = driver_sums.valuation_date
),

reserve_drivers as (
    select * from named_drivers
    union all
    select * from closing_lines
)

select * from reserve_drivers
