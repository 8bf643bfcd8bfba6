-- Equal reserve scales by the total of all groups, as the headline does: a group's reserve is then as large as the
-- method would have made it with the right total, and what it misses adds up to what the headline says.
{%- set group = ['dimension', 'member'] %}
with all_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

all_forecasts as (
    select * from {{ ref('int_expected_demand_errors') }}
),

segments as (
    select * from {{ ref('segments') }}
),

items as (
    select * from {{ ref('items') }}
),

position_groups as (
    {% for dimension in ['category', 'segment'] -%}
    select
        segments.item_id,
        segments.location_id,
        segments.valuation_date,
        '{{ dimension }}' as dimension,
        {{ dimension }} as member
    from segments
    inner join items on segments.item_id = items.item_id
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

{% for grouped, measured in {'scored_estimates': 'all_estimates', 'forecast_errors': 'all_forecasts'}.items() -%}
{{ grouped }} as (
    select
        {{ measured }}.*,
        position_groups.dimension,
        position_groups.member
    from {{ measured }}
    inner join position_groups
        on
            {{ measured }}.item_id = position_groups.item_id
            and {{ measured }}.location_id = position_groups.location_id
            and {{ measured }}.valuation_date = position_groups.valuation_date
),

{% endfor -%}
{{ reserve_accuracy(group) }},

{{ demand_accuracy(group) }},

group_accuracy as (
    select * from reserve_accuracy
    union all
    select * from demand_accuracy
),

model_accuracy_by_group as (
    select
        group_accuracy.*,
        cast(reserve_sums.realised_loss as {{ money_total_type() }}) as realised_loss
    from group_accuracy
    inner join reserve_sums
        on
            group_accuracy.valuation_date = reserve_sums.valuation_date
            and group_accuracy.method = reserve_sums.method
            and group_accuracy.dimension = reserve_sums.dimension
            and group_accuracy.member = reserve_sums.member
)

select * from model_accuracy_by_group
