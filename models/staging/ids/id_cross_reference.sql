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
        and not matched.is_decided
        and (
            {{ is_far_above('own_levels.level', 'usual_levels.level') }}
            or {{ is_far_below('own_levels.level', 'usual_levels.level') }}
        )
),

judged as (
    select
        matched.*,
        misfits.source_id is not null as is_misfit,
        case
            when misfits.source_id is null then matched.canonical_id
            else trim(matched.source_id)
        end as judged_id,
        matched.is_known and (misfits.source_id is null or matched.is_in_master) as is_judged_known
    from matched
    left join misfits on matched.master_table = 'items' and matched.source_id = misfits.source_id
),

explained as (
    select
        master_table,
        source_id,
        judged_id as canonical_id,
        is_judged_known as is_known,
        is_in_master,
        non_product_kind,
        case
            when is_misfit and is_judged_known
                then 'kept apart: but for its spelling the id of a product at another price'
            when is_misfit then 'unknown: the price level is another product''s'
            when is_decided then 'decided by a person'
            when could_be_several then 'unknown: could be one of several'
            when not is_known then 'unknown'
            when source_id = canonical_id then 'as in the master'
            when is_pack then 'unit-of-pack suffix'
            when upper(source_id) = upper(canonical_id) then 'case'
            when trim(source_id) = canonical_id then 'spaces or punctuation'
            when regexp_replace(trim(source_id), '[.]0$', '') = canonical_id then 'a whole number with a point'
            when
                upper(regexp_replace(source_id, '[^\p{L}\p{N}\p{M}]', '', 'g'))
                = upper(regexp_replace(canonical_id, '[^\p{L}\p{N}\p{M}]', '', 'g'))
                then 'spaces or punctuation'
            else 'leading zeros'
        end as match_rule
    from judged
)

select * from explained
