-- The macros of `source_rows` stand in inventory_valuation/sources/reading.sql, where the check of a delivery reads
-- them too.
with spellings as (
    {{ source_id_spellings() }}
),

id_spellings as (
    select
        master_table,
        trim(source_id) as spelling,
        source_id,
        source_rows.id_without_case(source_id) as without_case,
        source_rows.id_without_point(source_id) as without_point,
        source_rows.id_without_punctuation(source_id) as without_punctuation,
        source_rows.id_letters_and_digits(source_id) as letters_and_digits,
        source_rows.id_without_pack(source_id) as without_pack,
        bool_or(is_in_master) as is_in_master,
        bool_or(is_stocked) as is_stocked,
        min(case when is_in_master then first_row end) as first_row,
        cast(sum(row_count) as bigint) as row_count
    from spellings
    group by master_table, source_id
)

select * from id_spellings
