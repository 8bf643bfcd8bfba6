with data_window as (
    select * from {{ ref('int_data_window') }}
),

source_files as (
    select * from {{ ref('source_files') }}
),

source_readiness as (
    select
        'as-of date' as check_name,
        'ok' as status,
        cast(extract(epoch from as_of_date) / 86400 as double) as measured_value,
        'Stock is valued at ' || cast(as_of_date as string) || '. ' || explanation as explanation
    from data_window
    union all
    select
        'thin days' as check_name,
        'marginal' as status,
        null as measured_value,
        'Far fewer movements than on other days of their weekday: ' || thin_days || '. Is the delivery complete?'
            as explanation
    from data_window
    where thin_days is not null
    union all
    select
        'file not read: ' || place as check_name,
        'marginal' as status,
        null as measured_value,
        notes as explanation
    from source_files
    where table_name is null
    union all
    select
        'reading of ' || table_name as check_name,
        'ok' as status,
        cast(row_count as double) as measured_value,
        concat_ws('. ', place, written_in, notes) as explanation
    from source_files
    where table_name is not null and (written_in is not null or notes is not null)
)

select * from source_readiness
