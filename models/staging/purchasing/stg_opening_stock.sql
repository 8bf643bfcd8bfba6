with used as (
    {{ used_rows('opening_stock') }}
),

mended as (
    select
        used.* exclude (unit_cost_as_delivered, rate_to_reporting)
        replace (
            coalesce(used.as_of, data_window.first_day) as as_of,
            nullif(concat_ws(
                '; ',
                used.mends,
                case when used.as_of is null then 'as_of missing, taken for the first day of the data' end
            ), '') as mends
        ),
        {{ line_amount('quantity', 'unit_cost_as_delivered', 'rate_to_reporting') }} as cost_amount
    from used
    cross join {{ ref('int_data_window') }} as data_window
)

select * from mended
