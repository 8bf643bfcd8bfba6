with stock_features as (select * from {{ ref('stock_features') }}),

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
            supplier_deliveries.judged_on <= valuation_dates.valuation_date
            and supplier_deliveries.judged_on > {{ months_after('valuation_dates.valuation_date', -12) }}
    group by supplier_deliveries.supplier_id, valuation_dates.valuation_date
),

supplier_features as (
    select
        stock_features.item_id,
        stock_features.location_id,
        stock_features.valuation_date,
        supplier_months.lead_time_days as supplier_lead_time_days,
        supplier_months.lead_time_spread_days as supplier_lead_time_spread_days,
        supplier_months.late_share as supplier_late_share_12,
        supplier_months.defect_rate as supplier_defect_rate_12,
        short_shares.short_share as supplier_short_share_12,
        stock_features.coverage_months_6 * 30.4375e0
        / nullif(cast(supplier_months.lead_time_days as double), 0) as coverage_to_lead_time,
        {{ midpoint_change('stock_features.unit_cost', 'year_before.unit_cost') }} as unit_cost_change_12
    from stock_features
    inner join items on stock_features.item_id = items.item_id
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
