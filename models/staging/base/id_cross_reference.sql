with matched as (
    select * from {{ ref('int_id_matches') }}
),

price_levels as (
    select * from {{ ref('int_id_price_levels') }}
),

-- What sells or costs beyond a factor of five more or less is another product, or the same by the dozen.
misfits as (
    select distinct matched.source_id
    from matched
    inner join price_levels as own_levels on matched.source_id = own_levels.source_id
    inner join price_levels as usual_levels
        on
            matched.canonical_id = usual_levels.source_id
            and own_levels.kind = usual_levels.kind
            and own_levels.currency = usual_levels.currency
    where
        matched.master_table = 'items'
        and matched.is_known
        and (
            {{ is_far_above('own_levels.level', 'usual_levels.level') }}
            or {{ is_far_below('own_levels.level', 'usual_levels.level') }}
        )
),

judged as (
    select
        matched.master_table,
        matched.source_id,
        matched.non_product_kind,
        matched.is_of_two_products,
        matched.is_pack,
        misfits.source_id is not null as is_misfit,
        case
            when misfits.source_id is null then matched.canonical_id
            else trim(matched.source_id)
        end as canonical_id,
        matched.is_known and (misfits.source_id is null or matched.is_in_master) as is_known
    from matched
    left join misfits on matched.master_table = 'items' and matched.source_id = misfits.source_id
),

explained as (
    select
        master_table,
        source_id,
        canonical_id,
        is_known,
        non_product_kind,
        case
            when is_misfit and is_known then 'kept apart: but for its spelling the id of a product at another price'
            when is_misfit then 'unknown: the price level is another product''s'
            when is_of_two_products and is_known then 'kept apart: but for its spelling the id of another product'
            when is_of_two_products then 'unknown: could be either of two products'
            when not is_known then 'unknown'
            when source_id = canonical_id then 'as in the master'
            when is_pack then 'unit-of-pack suffix'
            when upper(source_id) = upper(canonical_id) then 'case'
            when
                upper(regexp_replace(source_id, '[^\p{L}\p{N}]', '', 'g'))
                = upper(regexp_replace(canonical_id, '[^\p{L}\p{N}]', '', 'g'))
                then 'spaces or punctuation'
            else 'leading zeros'
        end as match_rule
    from judged
)

select * from explained
