-- The macros of `source_rows` stand in inventory_valuation/sources/reading.sql, where the check of a delivery reads
-- them too.
{%- set stock_tables = [
    'opening_stock', 'purchase_orders', 'receipts', 'stock_adjustments', 'stock_counts', 'transfers',
] -%}
{%- set ids = [] -%}
{%- for table in source_tables() -%}
    {%- set relation = source('company', table) -%}
    {%- for column in source_contract(table).columns.values() if column.meta.id_of -%}
        {%- do ids.append((table, relation, column.name, column.meta.id_of)) -%}
    {%- endfor -%}
{%- endfor %}
with spellings as (
    {%- for table, relation, column, master in ids %}
    select
        '{{ master }}' as master_table,
        {{ column }} as source_id,
        {{ table == master and column == source_contract(master).meta.key[0] }} as is_in_master,
        {{ table in stock_tables }} as is_stocked,
        min(source_row_number) as first_row,
        count(*) as row_count
    from {{ relation }}
    where {{ column }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
