{%- set within_pools = ref('int_transit_within_pools') %}
with issue_costs as (
    select * from {{ ref('issue_costs') }}
),

movements as (
    select * from {{ ref('movements') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

-- A late cost of units that were under way when it came.
added_costs as (
    select
        issue_costs.transfer_movement_number,
        issue_costs.costing_method,
        valuation_dates.valuation_date,
        sum(issue_costs.value_change) as added_value
    from issue_costs
    inner join valuation_dates on issue_costs.posted_on <= valuation_dates.valuation_date
    where issue_costs.transfer_movement_number is not null
    group by
        issue_costs.transfer_movement_number,
        issue_costs.costing_method,
        valuation_dates.valuation_date
),

arrivals as (
    select
        linked_movement_number,
        posted_on as arrived_on
    from movements
    where movement_type = 'transfer_in' and linked_movement_number is not null
),

departures as (
    select
        issue_costs.*,
        movements.document_id,
        movements.linked_location_id as to_location_id
    from issue_costs
    inner join movements on issue_costs.movement_number = movements.movement_number
    where issue_costs.movement_type = 'transfer_out'
),

in_transit as (
    select
        departures.movement_number,
        departures.document_id,
        departures.item_id,
        departures.location_id as from_location_id,
        departures.to_location_id,
        valuation_dates.valuation_date,
        departures.costing_method,
        departures.posted_on as shipped_on,
        cast(-departures.quantity_change as {{ quantity_type() }}) as quantity,
        cast(
            coalesce(added_costs.added_value, 0) - departures.value_change
            {%- if is_pooled() %} + coalesce(within_pools.cost_value, 0){% endif %} as {{ money_type() }}
        ) as cost_value
    from departures
    inner join valuation_dates on departures.posted_on <= valuation_dates.valuation_date
    left join arrivals on departures.movement_number = arrivals.linked_movement_number
    left join added_costs
        on
            departures.movement_number = added_costs.transfer_movement_number
            and departures.costing_method = added_costs.costing_method
            and valuation_dates.valuation_date = added_costs.valuation_date
    {%- if is_pooled() %}
    left join {{ within_pools }} as within_pools
        on
            departures.movement_number = within_pools.movement_number
            and departures.costing_method = within_pools.costing_method
            and valuation_dates.valuation_date = within_pools.valuation_date
    {%- endif %}
    where coalesce(arrivals.arrived_on > valuation_dates.valuation_date, true)
)

select * from in_transit
