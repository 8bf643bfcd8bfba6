{{ config(meta={'known_by': none}) }}

-- What demand and prices say is told by the units and prices of net realizable value. The last line of a position
-- closes the gap to its reserve, so that the drivers sum to it exactly.
with prediction_drivers as (
    select * from {{ ref('prediction_drivers') }}
),

net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

items as (
    select * from {{ ref('items') }}
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

-- Units and prices that a controller can hold against the shelf.
demand_reasons as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        net_realizable_values.valuation_date,
        'Of ' || {{ plain_number('round(net_realizable_values.quantity, 1)') }} || ' units '
        || {{ plain_number('round(net_realizable_values.expected_sold_quantity, 1)') }} || ' are expected to sell by '
        || {{ month_end_after('net_realizable_values.valuation_date', 'items.horizon_months') }} || ', at '
        || {{ plain_number('round(net_realizable_values.expected_net_price, 2)') }} || ' less '
        || {{ plain_number('round(100 * items.selling_cost_rate, 1)') }} || ' % selling costs against a cost of '
        || {{ plain_number('round(net_realizable_values.unit_cost, 2)') }} || '; the others bring '
        || {{ plain_number('round(100 * items.recovery_rate, 1)') }} || ' % of their cost' as reason
    from net_realizable_values
    inner join items on net_realizable_values.item_id = items.item_id
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
            else prediction_drivers.reason
        end as reason,
        {{ rounded_amount('prediction_drivers.contribution_rate * reserve_estimates.cost_value') }}
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
