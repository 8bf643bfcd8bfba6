{#- Where the reserve sits: by category, brand, supplier and location. -#}
{%- set dimensions = {
    'category': 'items.category', 'brand': 'items.brand', 'supplier': 'items.supplier_id',
    'location': 'reviewed_positions.location_id',
} -%}
with reviewed_positions as (
    select * from {{ ref('int_reviewed_positions') }}
),

items as (
    select * from {{ ref('items') }}
),

sums as (
    {% for dimension, member in dimensions.items() -%}
    select
        reviewed_positions.period_end,
        reviewed_positions.is_latest_period,
        '{{ dimension }}' as dimension,
        coalesce({{ member }}, 'unknown') as member,
        count(*) as positions,
        cast(sum(reviewed_positions.cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(reviewed_positions.model_reserve_amount) as {{ money_total_type() }}) as model_reserve_amount,
        cast(sum(reviewed_positions.booked_amount) as {{ money_total_type() }}) as booked_amount
    from reviewed_positions
    inner join items on reviewed_positions.item_id = items.item_id
    group by
        reviewed_positions.period_end, reviewed_positions.is_latest_period, coalesce({{ member }}, 'unknown')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

reserve_shares as (
    select
        *,
        {{ ratio('model_reserve_amount', 'cost_value') }} as model_reserve_rate,
        {{ ratio('model_reserve_amount', 'sum(model_reserve_amount) over whole') }} as share_rate,
        row_number() over (
            partition by period_end, dimension
            order by model_reserve_amount desc nulls last, member asc nulls last
        ) as share_rank
    from sums
    window whole as (partition by period_end, dimension)
)

select * from reserve_shares
