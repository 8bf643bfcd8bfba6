with used as (
    {{ used_rows('opening_stock', for_amounts=true) }}
),

mended as (
    select
        {{ mended_columns(
            'opening_stock',
            mended={'as_of': 'coalesce(used.as_of, data_window.first_day)'},
            mends="case when used.as_of is null then 'as_of missing, taken for the first day of the data' end",
        ) }},
        {{ line_amount('quantity', 'unit_cost_as_delivered', 'rate_to_reporting') }} as cost_amount
    from used
    cross join {{ ref('int_data_window') }} as data_window
)

select * from mended
