with spellings as (
    {{ source_id_spellings() }}
),

id_spellings as (
    select
        master_table,
        trim(source_id) as spelling,
        source_id,
        {{ id_without_case('source_id') }} as without_case,
        regexp_replace({{ id_without_case('source_id') }}, '^([0-9]+)[.]0$', '\1') as without_point,
        {{ id_without_punctuation('source_id') }} as without_punctuation,
        {{ id_letters_and_digits('source_id') }} as letters_and_digits,
        {{ id_letters_and_digits(id_without_pack('source_id')) }} as without_pack,
        bool_or(is_in_master) as is_in_master,
        bool_or(is_stocked) as is_stocked,
        min(case when is_in_master then first_row end) as first_row
    from spellings
    group by master_table, source_id
)

select * from id_spellings
