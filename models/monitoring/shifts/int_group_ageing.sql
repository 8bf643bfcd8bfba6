with present_reserves as (
    select * from {{ ref('present_reserves') }}
    where method = 'static_ageing'
),

items as (
    select * from {{ ref('items') }}
),

segments as (
    select * from {{ ref('segments') }}
),

group_ageing as (
    {% for dimension, member in {'category': 'items.category', 'segment': 'segments.segment'}.items() -%}
    select
        present_reserves.valuation_date,
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        {{ ratio('sum(present_reserves.reserve_amount)', 'sum(present_reserves.cost_value)') }} as ageing_reserve_rate
    from present_reserves
    inner join items on present_reserves.item_id = items.item_id
    inner join segments
        on
            present_reserves.item_id = segments.item_id
            and present_reserves.location_id = segments.location_id
            and present_reserves.valuation_date = segments.valuation_date
    group by present_reserves.valuation_date, {{ member }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from group_ageing
