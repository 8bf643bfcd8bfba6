with used as (
    {{ used_rows('promotions') }}
),

-- Twenty may be a fifth or a whole price twenty times over: that something was given away is all it says.
mended as (
    select * replace (
        case when discount_fraction between 0 and 1 then discount_fraction end as discount_fraction,
        nullif(concat_ws(
            '; ',
            mends,
            case
                when discount_fraction not between 0 and 1 then 'left out: discount_fraction of ' || discount_fraction
            end
        ), '') as mends
    )
    from used
)

select * from mended
