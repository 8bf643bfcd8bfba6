{#- Where the reserve sits: by category, brand, supplier and location; and what the stock of each is expected to earn,
at which risk. -#}
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

holdings as (
    select * from {{ ref('markdown_plans') }}
    where option = 'hold'
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
        cast(sum(reviewed_positions.booked_amount) as {{ money_total_type() }}) as booked_amount,
        cast(sum(holdings.holding_cost_amount) as {{ money_total_type() }}) as holding_cost_amount,
        cast(sum(holdings.expected_margin_amount) as {{ money_total_type() }}) as expected_margin_amount
    from reviewed_positions
    inner join items on reviewed_positions.item_id = items.item_id
    left join holdings
        on
            reviewed_positions.item_id = holdings.item_id
            and reviewed_positions.location_id = holdings.location_id
            and reviewed_positions.period_end = holdings.valuation_date
    group by
        reviewed_positions.period_end, reviewed_positions.is_latest_period, coalesce({{ member }}, 'unknown')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

reserve_total_ranges as (
    select * from {{ ref('reserve_total_ranges') }}
),

reserve_concentration as (
    select
        sums.period_end,
        '{{ var("accounting_framework") }}' as framework,
        sums.is_latest_period,
        {{ reporting_currency() }} as currency,
        sums.dimension,
        sums.member,
        sums.positions,
        sums.cost_value,
        sums.model_reserve_amount,
        reserve_total_ranges.reserve_lower_amount as model_lower_amount,
        reserve_total_ranges.reserve_upper_amount as model_upper_amount,
        sums.booked_amount,
        {{ ratio('sums.model_reserve_amount', 'sums.cost_value') }} as model_reserve_rate,
        {{ ratio('sums.model_reserve_amount', 'sum(sums.model_reserve_amount) over whole') }} as share_rate,
        sums.holding_cost_amount,
        sums.expected_margin_amount,
        {{ ratio('sums.expected_margin_amount', 'sums.cost_value') }} as expected_return_rate,
        {{ ratio(
            '(reserve_total_ranges.reserve_upper_amount - reserve_total_ranges.reserve_lower_amount)',
            'case when sums.expected_margin_amount is not null then sums.cost_value end'
        ) }} as return_range_rate,
        row_number() over (
            partition by sums.period_end, sums.dimension
            order by sums.model_reserve_amount desc nulls last, sums.member asc nulls last
        ) as share_rank
    from sums
    left join reserve_total_ranges
        on
            sums.period_end = reserve_total_ranges.valuation_date
            and sums.dimension = reserve_total_ranges.dimension
            and sums.member = reserve_total_ranges.member
    window whole as (partition by sums.period_end, sums.dimension)
)

select * from reserve_concentration
