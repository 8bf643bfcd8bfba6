-- A quarantined row is lost, a mended one a quarter so: the mend is likely, not certain. Second deliveries and
-- non-product lines say nothing against the data. Amounts count by their size: money out like money in.
{%- set trains_anyway = ' The var train_on_poor_data is set: models are trained all the same.'
    if var('train_on_poor_data') else '' %}
with row_reconciliation as (
    select * from {{ ref('row_reconciliation') }}
),

data_quality_policy as (
    select * from {{ ref('data_quality_policy') }}
),

counted as (
    select
        table_name,
        rows_used + rows_quarantined as row_count,
        rows_quarantined + 0.25 * rows_mended as rows_lost
    from row_reconciliation
    union all
    select
        'all tables' as table_name,
        sum(rows_used + rows_quarantined) as row_count,
        sum(rows_quarantined + 0.25 * rows_mended) as rows_lost
    from row_reconciliation
),

scored as (
    select
        counted.table_name,
        round(1 - counted.rows_lost / counted.row_count, 6) as quality_score,
        coalesce(own_policy.good_from, default_policy.good_from) as good_from,
        coalesce(own_policy.usable_from, default_policy.usable_from) as usable_from
    from counted
    left join data_quality_policy as own_policy on counted.table_name = own_policy.table_name
    inner join data_quality_policy as default_policy on default_policy.table_name = '*'
    where counted.row_count > 0
),

amounts as (
    select
        table_name,
        sum(case when row_status <> 'delivered' then amount_size else 0 end) as delivered_amount,
        sum(case when row_status = 'quarantined' then amount_size else 0 end) as quarantined_amount,
        sum(staged_size) as kept_amount,
        sum(case when row_status = 'mended' then staged_size else 0 end) as mended_amount
    from {{ ref('int_row_totals') }}
    group by table_name
),

rates as (
    select
        table_name,
        coalesce({{ ratio('mended_amount', 'kept_amount') }}, 0) as mended_rate,
        {{ ratio('quarantined_amount', 'delivered_amount') }} as quarantined_rate
    from amounts
    where delivered_amount > 0
),

quality_readiness as (
    select
        'quality of ' || table_name as check_name,
        case
            when quality_score < usable_from then 'insufficient'
            when quality_score < good_from then 'marginal'
            else 'ok'
        end as status,
        quality_score as measured_value,
        'Share of rows that were usable as they came; a mended row counts three quarters. staging.quarantine holds '
        || 'what could not be used.'
        || case
            when table_name = 'all tables'
                then ' Under ' || {{ plain_number('usable_from') }} || ' no model is trained, unless the var '
                    || 'train_on_poor_data is set.{{ trains_anyway }}'
            else ''
        end as explanation
    from scored
    union all
    select
        'value of ' || rates.table_name as check_name,
        case when rates.mended_rate + rates.quarantined_rate > 1 - scored.good_from then 'marginal' else 'ok' end
            as status,
        rates.mended_rate + rates.quarantined_rate as measured_value,
        'Share of its amount that was mended (' || {{ plain_number('round(rates.mended_rate, 4)') }}
        || ') or quarantined (' || {{ plain_number('round(rates.quarantined_rate, 4)') }} || ').' as explanation
    from rates
    inner join scored on rates.table_name = scored.table_name
)

select * from quality_readiness
