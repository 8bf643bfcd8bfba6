-- A position below zero at a valuation date lies in a listed spell of short stock, and only such a one does;
-- every row that quarantine holds for its date is listed too.
with valuation_dates as (
    select * from core.valuation_dates
),

listed as (
    select
        exceptions.item_id,
        exceptions.location_id,
        valuation_dates.valuation_date
    from core.time_order_exceptions as exceptions
    inner join valuation_dates
        on
            cast(exceptions.happened_at as date) <= valuation_dates.valuation_date
            and coalesce(cast(exceptions.compared_at as date) > valuation_dates.valuation_date, true)
    where exceptions.kind = 'stock sold before its receipt'
),

below_zero as (
    select
        item_id,
        location_id,
        valuation_date
    from core.on_hand
    where quantity < 0
),

unlisted as (
    select
        coalesce(below_zero.item_id, listed.item_id) as what,
        case when listed.item_id is null then 'is not listed' else 'is not below zero' end as fault
    from below_zero
    full outer join listed
        on
            below_zero.item_id = listed.item_id
            and below_zero.location_id = listed.location_id
            and below_zero.valuation_date = listed.valuation_date
    where below_zero.item_id is null or listed.item_id is null
),

quarantined as (
    select count(*) as row_count
    from staging.quarantine
    where
        reason in (
            'before the first day of the data', 'after the last day of the data', 'received before it was shipped'
        )
        and table_name in (
            'sales', 'receipts', 'customer_returns', 'purchase_orders', 'opening_stock', 'stock_adjustments',
            'stock_counts', 'transfers'
        )
),

told as (
    select count(*) as row_count
    from core.time_order_exceptions
    where kind in ('dated before the data', 'dated after the data', 'received before shipped')
)

select
    what,
    fault
from unlisted
union all
select
    'quarantined rows' as what,
    quarantined.row_count || ' in quarantine, ' || told.row_count || ' listed' as fault
from quarantined
cross join told
where quarantined.row_count <> told.row_count
