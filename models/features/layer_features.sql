{%- set horizon = var('horizon_months') | int -%}
{%- set position = 'item_id, location_id, valuation_date' -%}
with cost_layers as (select * from {{ ref('cost_layers') }}),

position_months as (select * from {{ ref('int_position_months') }}),

rates as (
    select
        {{ position }},
        cast(greatest({{ rolling_sum('demand_quantity', 6) }}, 0) as double) / least(months_observed, 6) as monthly_rate
    from position_months
),

-- Units leave first in, first out: a layer waits until all older ones are gone.
queue as (
    select
        cost_layers.*,
        rates.monthly_rate,
        sum(cost_layers.quantity) over older_layers - cost_layers.quantity as quantity_before,
        row_number() over older_layers as position_in_queue,
        row_number() over (
            partition by cost_layers.item_id, cost_layers.location_id, cost_layers.valuation_date
            order by cost_layers.layer_number desc nulls last
        ) as position_from_end,
        {{ ratio('cost_layers.fifo_value', 'cost_layers.quantity') }} as layer_cost
    from cost_layers
    inner join rates
        on
            cost_layers.item_id = rates.item_id
            and cost_layers.location_id = rates.location_id
            and cost_layers.valuation_date = rates.valuation_date
    window older_layers as (
        partition by cost_layers.item_id, cost_layers.location_id, cost_layers.valuation_date
        order by cost_layers.layer_number nulls last
        rows between unbounded preceding and current row
    )
),

waits as (
    select
        *,
        case
            when quantity_before = 0 then cast(0 as double)
            else least(120, coalesce({{ ratio('quantity_before', 'monthly_rate') }}, 120))
        end as months_to_start,
        least(120, coalesce({{ ratio('quantity_before + 0.5 * quantity', 'monthly_rate') }}, 120)) as months_to_sale
    from queue
),

layer_sums as (
    select
        {{ position }},
        count(*) as layer_count,
        sum(quantity) as quantity,
        sum(cost_value) as cost_value,
        max(quantity) as largest_quantity,
        min(age_days) as newest_age_days,
        max(age_days) as oldest_age_days,
        {% for days in [365, 730] -%}
        sum(case when age_days > {{ days }} then cost_value else 0 end) as value_over_{{ days }},
        {% endfor -%}
        sum(case when age_days > {{ (horizon * 30.4375) | round | int }} then cost_value else 0 end)
            as value_over_horizon,
        sum({{ rounded_total('cast(cost_value as double) * age_days') }}) as aged_value,
        sum(case when months_to_start >= {{ horizon }} then cost_value else 0 end) as late_value,
        max(months_to_start) as months_to_last_layer,
        max(case when position_in_queue = 1 then months_to_sale end) * 2 as months_of_first_layer,
        sum(cast(round(quantity * (age_days + 30.4375e0 * months_to_sale), 6) as decimal(38, 6))) as age_at_sale,
        max(case when position_from_end = 1 then layer_cost end) as newest_cost,
        max(case when position_in_queue = 1 then layer_cost end) as oldest_cost,
        max(layer_cost) as highest_cost,
        min(layer_cost) as lowest_cost
    from waits
    where quantity > 0
    group by {{ position }}
),

layer_features as (
    select
        {{ position }},
        cast(layer_count as double) as layer_count,
        {{ ratio('largest_quantity', 'quantity') }} as largest_layer_share,
        cast(newest_age_days as double) as newest_layer_age_days,
        cast(oldest_age_days - newest_age_days as double) as layer_age_spread_days,
        {{ ratio('aged_value', 'cost_value') }} as value_weighted_age_days,
        {% for span in ['horizon', 365, 730] -%}
        {{ ratio('value_over_' ~ span, 'cost_value') }} as value_share_older_than_{{ span }},
        {% endfor -%}
        {{ ratio('late_value', 'cost_value') }} as value_share_beyond_horizon,
        months_to_last_layer,
        least(120, months_of_first_layer) as months_of_first_layer,
        {{ ratio('age_at_sale', 'quantity') }} as expected_age_at_sale_days,
        {{ midpoint_change('newest_cost', 'oldest_cost') }} as layer_cost_trend,
        {{ ratio('highest_cost - lowest_cost', 'highest_cost') }} as layer_cost_spread
    from layer_sums
)

select * from layer_features
