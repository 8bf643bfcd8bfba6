-- A spelling that the master does not hold is the master's id that comes closest, if there is only one as close.
{% set closeness = ['without_case', 'without_point', 'without_punctuation', 'letters_and_digits'] -%}
with id_spellings as (
    select * from {{ ref('int_id_spellings') }}
),

master_ids as (
    select * from {{ ref('int_master_ids') }}
),

decisions as (
    select * from {{ ref('id_decisions') }}
),

candidates as (
    {% for key in closeness -%}
    select
        id_spellings.master_table,
        id_spellings.source_id,
        {{ loop.index }} as distance,
        master_ids.canonical_id
    from id_spellings
    inner join master_ids
        on id_spellings.master_table = master_ids.master_table and id_spellings.{{ key }} = master_ids.{{ key }}
    where not id_spellings.is_in_master
    union all
    {% endfor -%}
    select
        id_spellings.master_table,
        id_spellings.source_id,
        {{ closeness | length + 1 }} as distance,
        master_ids.canonical_id
    from id_spellings
    inner join master_ids
        on
            id_spellings.master_table = master_ids.master_table
            and id_spellings.without_pack = master_ids.letters_and_digits
    where not id_spellings.is_in_master and id_spellings.master_table = 'items'
),

closest as (
    select
        master_table,
        source_id,
        distance,
        count(distinct canonical_id) as candidate_count,
        case when count(distinct canonical_id) = 1 then min(canonical_id) end as only_candidate,
        row_number() over (partition by master_table, source_id order by distance nulls last) as place
    from candidates
    group by master_table, source_id, distance
),

matched as (
    select
        id_spellings.master_table,
        id_spellings.source_id,
        id_spellings.is_in_master,
        coalesce(master_ids.canonical_id, decisions.canonical_id, closest.only_candidate) as master_id,
        -- Without a master the usual spelling is the right one: a stray one would mend all others.
        first_value(id_spellings.spelling) over (
            partition by id_spellings.master_table, id_spellings.without_case
            order by id_spellings.row_count desc nulls last, id_spellings.spelling asc nulls last
        ) as usual_spelling,
        decisions.canonical_id is not null as is_decided,
        coalesce(closest.candidate_count > 1, false) and decisions.canonical_id is null as could_be_several,
        coalesce(closest.distance = {{ closeness | length + 1 }}, false) as is_pack
    from id_spellings
    left join master_ids
        on id_spellings.master_table = master_ids.master_table and id_spellings.source_id = master_ids.source_id
    left join decisions
        on id_spellings.master_table = decisions.master_table and id_spellings.spelling = decisions.source_id
    left join closest
        on
            id_spellings.master_table = closest.master_table
            and id_spellings.source_id = closest.source_id
            and closest.place = 1
),

-- The rule is the id's pattern. What the master holds is a product all the same, unless no document ever stocked it.
products as (
    select
        letters_and_digits,
        bool_or(is_in_master) and bool_or(is_stocked) as is_product
    from id_spellings
    where master_table = 'items'
    group by letters_and_digits
),

non_products as (
    select
        id_spellings.source_id,
        min(non_product_ids.kind) as non_product_kind
    from id_spellings
    inner join products
        on id_spellings.letters_and_digits = products.letters_and_digits and not products.is_product
    inner join {{ ref('non_product_ids') }} as non_product_ids
        on regexp_matches(upper(id_spellings.spelling), non_product_ids.pattern)
    where id_spellings.master_table = 'items'
    group by id_spellings.source_id
),

id_matches as (
    select
        matched.master_table,
        matched.source_id,
        matched.is_in_master,
        coalesce(matched.master_id, matched.usual_spelling) as canonical_id,
        matched.master_id is not null as is_known,
        matched.is_decided,
        matched.could_be_several,
        matched.is_pack,
        case when matched.master_table = 'items' then non_products.non_product_kind end as non_product_kind
    from matched
    left join non_products on matched.source_id = non_products.source_id
)

select * from id_matches
