with used as (
    {{ used_rows('promotions') }}
),

-- Twenty may be a fifth or a whole price twenty times over: that something was given away is all it says.
mended as (
    select
        {{ mended_columns(
            'promotions',
            mended={'discount_fraction': 'case when discount_fraction between 0 and 1 then discount_fraction end'},
            mends="case
            when discount_fraction not between 0 and 1
                then 'left out: discount_fraction of ' || discount_fraction
        end",
        ) }}
    from used
)

select * from mended
