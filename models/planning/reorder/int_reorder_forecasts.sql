-- A position that ran out keeps its last forecast for three months: it sells nothing because it has nothing. A unit
-- bought costs what it costs now, and brings what the stock does.
with net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

segments as (
    select * from {{ ref('segments') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

forecasts as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        net_realizable_values.valuation_date as forecast_date,
        segments.segment,
        demand_distributions.expected_demand_quantity,
        demand_distributions.demand_variation,
        coalesce(net_realizable_values.unit_replacement_cost, net_realizable_values.unit_cost) as unit_cost,
        net_realizable_values.unit_nrv,
        valuation_dates.month_number,
        coalesce(
            lead(valuation_dates.month_number) over (
                partition by net_realizable_values.item_id, net_realizable_values.location_id
                order by valuation_dates.month_number nulls last
            ),
            valuation_dates.month_number + 4
        ) as next_month_number
    from net_realizable_values
    inner join demand_distributions
        on
            net_realizable_values.item_id = demand_distributions.item_id
            and net_realizable_values.location_id = demand_distributions.location_id
            and net_realizable_values.valuation_date = demand_distributions.valuation_date
    inner join segments
        on
            net_realizable_values.item_id = segments.item_id
            and net_realizable_values.location_id = segments.location_id
            and net_realizable_values.valuation_date = segments.valuation_date
    inner join valuation_dates on net_realizable_values.valuation_date = valuation_dates.valuation_date
),

reorder_forecasts as (
    select
        forecasts.item_id,
        forecasts.location_id,
        valuation_dates.valuation_date,
        valuation_dates.is_latest,
        forecasts.forecast_date,
        items.category,
        forecasts.segment,
        items.supplier_id,
        items.discontinued_on,
        items.recovery_rate,
        items.horizon_months,
        case when items.minimum_order_quantity > 0 then items.minimum_order_quantity end as minimum_order_quantity,
        case when items.order_multiple > 0 then items.order_multiple end as order_multiple,
        forecasts.expected_demand_quantity,
        forecasts.demand_variation,
        cast(forecasts.unit_cost as double) as unit_cost,
        cast(forecasts.unit_nrv as double) as unit_nrv
    from forecasts
    inner join items on forecasts.item_id = items.item_id
    inner join valuation_dates
        on
            forecasts.month_number <= valuation_dates.month_number
            and forecasts.next_month_number > valuation_dates.month_number
            and forecasts.month_number + 3 >= valuation_dates.month_number
)

select * from reorder_forecasts
