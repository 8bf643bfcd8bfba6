{%- set trains_anyway = ' The var train_on_poor_data is set: models are trained all the same.'
    if var('train_on_poor_data') else '' -%}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where flash_date is null
),

row_reconciliation as (
    select * from {{ ref('row_reconciliation') }}
),

optional_tables as (
    select * from {{ ref('optional_tables') }}
),

on_hand as (
    select * from {{ ref('on_hand') }}
    where {{ at_month_ends() }}
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
        'Complete months of history. With fewer than 18 no model is trained, unless the var train_on_poor_data is set. '
        || 'With fewer than 24 no model has seen a season twice.{{ trains_anyway }}' as explanation
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

-- The baseline's own numbers need costs and outcomes, which stand below: outcomes.present_process_baselines.
baseline as (
    select
        'baseline of the present process' as check_name,
        case
            when count(case when has_outcome then 1 end) = 0 then 'insufficient'
            when count(case when has_outcome then 1 end) < 3 then 'marginal'
            else 'ok'
        end as status,
        cast(count(case when has_outcome then 1 end) as double) as measured_value,
        'Month ends whose outcome is known. For these outcomes.present_process_baselines says how good the ageing '
        || 'policy, the booked reserves and a moving average were, as first measured.' as explanation
    from valuation_dates
),

checks as (
    select * from {{ ref('int_source_readiness') }}
    union all
    select * from history
    union all
    select * from baseline
    union all
    select * from {{ ref('int_horizon_readiness') }}
    union all
    select * from coverage
    union all
    select * from negative_stock
    union all
    select * from {{ ref('int_quality_readiness') }}
    union all
    select * from {{ ref('int_signal_readiness') }}
),

-- Too short a history or too poor data teach a model what is not so.
data_readiness as (
    select
        *,
        status = 'insufficient' and check_name in ('history', 'quality of all tables')
        and not {{ 'true' if var('train_on_poor_data') else 'false' }} as refuses_training
    from checks
)

select * from data_readiness
