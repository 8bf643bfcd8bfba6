{%- set facts = ['lead_days', 'lead_square', 'late_deliveries', 'deliveries', 'sample_size', 'defects'] -%}
with suppliers as (select * from {{ ref('suppliers') }}),

month_days as (select * from {{ ref('int_month_days') }}),

stg_purchase_orders as (select * from {{ ref('stg_purchase_orders') }}),

stg_receipts as (select * from {{ ref('stg_receipts') }}),

stg_quality_inspections as (select * from {{ ref('stg_quality_inspections') }}),

items as (select * from {{ ref('items') }}),

-- A receipt is set against the first order of its number and item that was known by then.
deliveries as (
    select
        stg_receipts.source_row_number,
        coalesce(stg_receipts.supplier_id, max(stg_purchase_orders.supplier_id)) as supplier_id,
        cast(stg_receipts.known_at as date) as known_on,
        cast(stg_receipts.received_at as date) as received_on,
        min(stg_purchase_orders.ordered_on) as ordered_on,
        min(stg_purchase_orders.promised_on) as promised_on
    from stg_receipts
    inner join stg_purchase_orders
        on
            stg_receipts.po_id = stg_purchase_orders.po_id
            and stg_receipts.item_id = stg_purchase_orders.item_id
            and stg_receipts.known_at >= stg_purchase_orders.known_at
    group by
        stg_receipts.source_row_number,
        stg_receipts.supplier_id,
        stg_receipts.known_at,
        stg_receipts.received_at
),

supplier_events as (
    select
        supplier_id,
        known_on,
        {{ days_between('ordered_on', 'received_on') }} as lead_days,
        case when received_on > promised_on then 1 else 0 end as is_late,
        1 as is_delivery,
        cast(null as bigint) as sample_size,
        cast(null as bigint) as defects
    from deliveries
    where received_on >= ordered_on
    union all
    select
        coalesce(stg_quality_inspections.supplier_id, items.supplier_id) as supplier_id,
        cast(stg_quality_inspections.known_at as date) as known_on,
        null, null, null,
        stg_quality_inspections.sample_size,
        stg_quality_inspections.defects
    from stg_quality_inspections
    inner join items on stg_quality_inspections.item_id = items.item_id
    where stg_quality_inspections.defects is not null
),

event_months as (
    select
        supplier_events.supplier_id,
        month_days.flash_date,
        month_days.month_end,
        cast(sum(lead_days) as bigint) as lead_days,
        cast(sum(lead_days * lead_days) as bigint) as lead_square,
        cast(sum(is_late) as bigint) as late_deliveries,
        cast(sum(is_delivery) as bigint) as deliveries,
        cast(sum(sample_size) as bigint) as sample_size,
        cast(sum(defects) as bigint) as defects
    from supplier_events
    inner join month_days on supplier_events.known_on = month_days.day
    group by supplier_events.supplier_id, month_days.flash_date, month_days.month_end
),

calendar as (
    select
        suppliers.supplier_id,
        suppliers.promised_lead_time_days,
        months.*
    from suppliers
    cross join (
        select distinct flash_date, month_number, month_end, valuation_date
        from month_days
        where month_number >= 1 or (month_number = 0 and flash_date is not null)
    ) as months
),

supplier_calendar as (
    select
        calendar.*,
        {% for fact in facts -%}
        event_months.{{ fact }}{{ ',' if not loop.last }}
        {% endfor %}
    from calendar
    left join event_months
        on
            calendar.supplier_id = event_months.supplier_id
            and calendar.flash_date is not distinct from event_months.flash_date
            and calendar.month_end = event_months.month_end
),

supplier_sums as (
    select
        *,
        {% for fact in facts -%}
        {{ rolling_sum(fact, 12, by='supplier_id, flash_date') }} as {{ fact }}_12{{ ',' if not loop.last }}
        {% endfor %}
    from supplier_calendar
),

supplier_months as (
    select
        supplier_id,
        valuation_date,
        coalesce({{ ratio('lead_days_12', 'deliveries_12') }}, promised_lead_time_days)
            as lead_time_days,
        case
            when deliveries_12 >= 2
                then sqrt(greatest(
                    0,
                    {{ ratio('lead_square_12', 'deliveries_12') }}
                    - power({{ ratio('lead_days_12', 'deliveries_12') }}, 2)
                ))
        end as lead_time_spread_days,
        {{ ratio('late_deliveries_12', 'deliveries_12') }} as late_share,
        {{ ratio('defects_12', 'sample_size_12') }} as defect_rate
    from supplier_sums
    where valuation_date is not null
)

select * from supplier_months
