with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

row_reconciliation as (
    select * from {{ ref('row_reconciliation') }}
),

optional_tables as (
    select * from {{ ref('optional_tables') }}
),

on_hand as (
    select * from {{ ref('on_hand') }}
),

history as (
    select
        'history' as check_name,
        case
            when count(*) < 18 then 'insufficient'
            when count(*) < 24 then 'marginal'
            else 'ok'
        end as status,
        cast(count(*) as double) as measured_value,
        'Complete months. Under 18 the models see too few outcomes, under 24 no season twice.'
            as explanation
    from valuation_dates
),

coverage as (
    select
        'table ' || optional_tables.table_name as check_name,
        case when row_reconciliation.rows_in = 0 then 'absent' else 'ok' end as status,
        cast(row_reconciliation.rows_in as double) as measured_value,
        case
            when row_reconciliation.rows_in = 0 then optional_tables.cost_of_absence
            else 'Rows delivered.'
        end as explanation
    from optional_tables
    inner join row_reconciliation on optional_tables.table_name = row_reconciliation.table_name
),

quarantined as (
    select
        'quarantined rows of ' || table_name as check_name,
        case
            when rows_quarantined > 0.05 * rows_in then 'insufficient'
            when rows_quarantined > 0.01 * rows_in then 'marginal'
            else 'ok'
        end as status,
        round(rows_quarantined / rows_in, 6) as measured_value,
        'Share of rows that could not be used; staging.quarantine holds each with its reason.'
            as explanation
    from row_reconciliation
    where rows_in > 0
),

negative_stock as (
    select
        'negative stock' as check_name,
        case
            when count(case when quantity < 0 then 1 end) > 0.02 * count(*) then 'marginal'
            else 'ok'
        end as status,
        round(count(case when quantity < 0 then 1 end) / nullif(count(*), 0), 6) as measured_value,
        'Share of positions and month ends with less than nothing on hand: receipts booked late or missing.'
            as explanation
    from on_hand
),

data_readiness as (
    select * from history
    union all
    select * from coverage
    union all
    select * from quarantined
    union all
    select * from negative_stock
)

select * from data_readiness
