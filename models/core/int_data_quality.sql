-- A quarantined row is lost, a mended one a quarter so: the mend is likely, not certain. Second
-- deliveries and non-product lines say nothing against the data.
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

data_quality as (
    select
        counted.table_name,
        round(1 - counted.rows_lost / counted.row_count, 6) as quality_score,
        coalesce(own_policy.good_from, default_policy.good_from) as good_from,
        coalesce(own_policy.usable_from, default_policy.usable_from) as usable_from
    from counted
    left join data_quality_policy as own_policy on counted.table_name = own_policy.table_name
    inner join data_quality_policy as default_policy on default_policy.table_name = '*'
    where counted.row_count > 0
)

select * from data_quality
