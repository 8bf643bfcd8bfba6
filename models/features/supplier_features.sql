with position_months as (select * from {{ ref('int_position_months') }}),

stock_features as (select * from {{ ref('stock_features') }}),

supply_features as (select * from {{ ref('supply_features') }}),

open_orders as (select * from {{ ref('int_open_orders') }}),

supplier_months as (select * from {{ ref('int_supplier_months') }}),

supplier_deliveries as (select * from {{ ref('int_supplier_deliveries') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }}),

items as (select * from {{ ref('items') }}),

short_shares as (
    select
        supplier_deliveries.supplier_id,
        valuation_dates.valuation_date,
        {{ ratio('sum(supplier_deliveries.short_quantity)', 'sum(supplier_deliveries.ordered_quantity)') }}
            as short_share
    from supplier_deliveries
    inner join valuation_dates
        on
            supplier_deliveries.valuation_date <= valuation_dates.valuation_date
            and supplier_deliveries.valuation_date
            > {{ month_end_after('valuation_dates.valuation_date', -12) }}
    group by supplier_deliveries.supplier_id, valuation_dates.valuation_date
),

received_sums as (
    select
        *,
        {{ rolling_sum('received_quantity', 3) }} as received_3,
        {{ rolling_sum('demand_quantity', 3) }} as demand_3
    from position_months
),

supplier_features as (
    select
        stock_features.item_id,
        stock_features.location_id,
        stock_features.valuation_date,
        supplier_months.lead_time_spread_days as supplier_lead_time_spread_days,
        short_shares.short_share as supplier_short_share_12,
        stock_features.coverage_months_6 * 30.4375e0
        / nullif(cast(supplier_months.lead_time_days as double), 0) as coverage_to_lead_time,
        case
            when supply_features.open_order_quantity is not null
                then {{ ratio('coalesce(open_orders.firm_quantity, 0)', 'stock_features.quantity') }}
        end as uncancellable_order_to_stock,
        {{ ratio('open_orders.overdue_quantity', 'open_orders.open_quantity') }} as overdue_order_share,
        {{ midpoint_change('received_3', 'greatest(demand_3, 0)') }} as received_to_demand_3,
        {{ midpoint_change('stock_features.unit_cost', 'year_before.unit_cost') }} as unit_cost_change_12
    from stock_features
    inner join items on stock_features.item_id = items.item_id
    inner join received_sums
        on
            stock_features.item_id = received_sums.item_id
            and stock_features.location_id = received_sums.location_id
            and stock_features.valuation_date = received_sums.valuation_date
    inner join supply_features
        on
            stock_features.item_id = supply_features.item_id
            and stock_features.location_id = supply_features.location_id
            and stock_features.valuation_date = supply_features.valuation_date
    left join open_orders
        on
            stock_features.item_id = open_orders.item_id
            and stock_features.location_id = open_orders.location_id
            and stock_features.valuation_date = open_orders.valuation_date
    left join supplier_months
        on
            items.supplier_id = supplier_months.supplier_id
            and stock_features.valuation_date = supplier_months.valuation_date
    left join short_shares
        on
            items.supplier_id = short_shares.supplier_id
            and stock_features.valuation_date = short_shares.valuation_date
    left join stock_features as year_before
        on
            stock_features.item_id = year_before.item_id
            and stock_features.location_id = year_before.location_id
            and year_before.valuation_date = {{ month_end_after('stock_features.valuation_date', -12) }}
)

select * from supplier_features
