-- Two rows of a master are two. They are one only where their ids differ by nothing but case and blanks, their
-- descriptions, prices and units agree, and no document names both.
with id_spellings as (
    select * from {{ ref('int_id_spellings') }}
    where is_in_master
),

described as (
    select
        'items' as master_table,
        item_id as source_id,
        max(upper(description)) as label,
        max(concat_ws('/', standard_cost, list_price, upper(unit_of_measure))) as measures
    from {{ source('company', 'items') }}
    group by item_id
    union all
    select
        'locations' as master_table,
        location_id as source_id,
        max(upper(name)) as label,
        null as measures
    from {{ source('company', 'locations') }}
    group by location_id
    union all
    select
        'suppliers' as master_table,
        supplier_id as source_id,
        max(upper(name)) as label,
        null as measures
    from {{ source('company', 'suppliers') }}
    group by supplier_id
),

groups as (
    select
        id_spellings.master_table,
        id_spellings.without_case,
        count(distinct id_spellings.spelling) as spelling_count,
        min_by(id_spellings.spelling, id_spellings.first_row) as canonical_id,
        count(distinct coalesce(described.label, '')) = 1
        and count(distinct coalesce(described.measures, '')) = 1
        and min(described.label) is not null as is_described_alike
    from id_spellings
    left join described
        on id_spellings.master_table = described.master_table and id_spellings.source_id = described.source_id
    group by id_spellings.master_table, id_spellings.without_case
),

twins as (
    select
        id_spellings.source_id,
        groups.without_case
    from groups
    inner join id_spellings
        on groups.master_table = id_spellings.master_table and groups.without_case = id_spellings.without_case
    where groups.spelling_count > 1 and groups.is_described_alike and groups.master_table = 'items'
),

named_on_documents as (
    select
        twins.without_case,
        lines.table_name,
        lines.document_id
    from (
        {% for table, document in [('sales', 'order_id'), ('receipts', 'receipt_id')] -%}
        select
            {{ document }} as document_id,
            item_id,
            '{{ table }}' as table_name
        from {{ source('company', table) }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as lines
    inner join twins on lines.item_id = twins.source_id
    group by twins.without_case, lines.table_name, lines.document_id
    having count(distinct trim(lines.item_id)) > 1
),

named_together as (
    select distinct without_case from named_on_documents
),

decisions as (
    select * from {{ ref('id_decisions') }}
),

master_ids as (
    select
        id_spellings.master_table,
        id_spellings.source_id,
        id_spellings.without_case,
        id_spellings.without_point,
        id_spellings.without_punctuation,
        id_spellings.letters_and_digits,
        case
            when decisions.canonical_id is not null then decisions.canonical_id
            when groups.is_described_alike and named_together.without_case is null then groups.canonical_id
            else id_spellings.spelling
        end as canonical_id
    from id_spellings
    inner join groups
        on id_spellings.master_table = groups.master_table and id_spellings.without_case = groups.without_case
    left join named_together
        on id_spellings.master_table = 'items' and id_spellings.without_case = named_together.without_case
    left join decisions
        on id_spellings.master_table = decisions.master_table and id_spellings.spelling = decisions.source_id
)

select * from master_ids
