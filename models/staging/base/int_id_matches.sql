with spellings as (
    {{ source_id_spellings() }}
),

keyed as (
    select
        master_table,
        source_id,
        upper(trim(source_id)) as spelling,
        {{ id_match_key('source_id') }} as match_key,
        {{ id_match_key(without_pack_suffix('source_id')) }} as unpacked_key,
        bool_or(is_in_master) as is_in_master,
        bool_or(is_stocked) as is_stocked,
        min(case when is_in_master then coalesce(label, '') end) as label,
        min(case when is_in_master then first_row end) as first_row
    from spellings
    group by master_table, source_id
),

-- Two master rows that would merge but describe different products stay two.
master_keys as (
    select
        master_table,
        match_key,
        min_by(trim(source_id), first_row) as canonical_id,
        count(distinct label) = 1 as is_one_product
    from keyed
    where is_in_master
    group by master_table, match_key
),

master_spellings as (
    select
        master_table,
        spelling,
        min_by(trim(source_id), first_row) as canonical_id
    from keyed
    where is_in_master
    group by master_table, spelling
),

unknown_keys as (
    select
        master_table,
        match_key,
        min(spelling) as canonical_id
    from keyed
    where not is_in_master
    group by master_table, match_key
),

-- The rule is the id's pattern. What the master holds is a product all the same, unless no document ever stocked it.
stocked as (
    select
        match_key,
        bool_or(is_in_master) and bool_or(is_stocked) as is_product
    from keyed
    where master_table = 'items'
    group by match_key
),

non_product as (
    select
        keyed.source_id,
        min(non_product_ids.kind) as non_product_kind
    from keyed
    inner join stocked on keyed.match_key = stocked.match_key and not stocked.is_product
    inner join {{ ref('non_product_ids') }} as non_product_ids
        on regexp_matches(keyed.spelling, non_product_ids.pattern)
    where keyed.master_table = 'items'
    group by keyed.source_id
),

matched as (
    select
        keyed.master_table,
        keyed.source_id,
        keyed.is_in_master,
        case
            when master_keys.is_one_product then master_keys.canonical_id
            else coalesce(
                master_spellings.canonical_id, packed.canonical_id, unknown_keys.canonical_id, keyed.spelling
            )
        end as canonical_id,
        coalesce(master_keys.is_one_product, false)
        or master_spellings.canonical_id is not null
        or packed.canonical_id is not null as is_known,
        not coalesce(master_keys.is_one_product, true) as is_of_two_products,
        master_keys.match_key is null and packed.canonical_id is not null as is_pack,
        case when keyed.master_table = 'items' then non_product.non_product_kind end
            as non_product_kind
    from keyed
    left join master_keys
        on keyed.master_table = master_keys.master_table and keyed.match_key = master_keys.match_key
    left join master_keys as packed
        on
            keyed.master_table = packed.master_table
            and keyed.unpacked_key = packed.match_key
            and packed.is_one_product
            and keyed.master_table = 'items'
            and not keyed.is_in_master
    left join master_spellings
        on
            keyed.master_table = master_spellings.master_table
            and keyed.spelling = master_spellings.spelling
    left join unknown_keys
        on
            keyed.master_table = unknown_keys.master_table
            and keyed.match_key = unknown_keys.match_key
    left join non_product on keyed.source_id = non_product.source_id
)

select * from matched
