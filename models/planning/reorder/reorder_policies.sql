with reorder_plans as (
    select * from {{ ref('int_reorder_plans') }}
),

reorder_positions as (
    select * from {{ ref('int_reorder_positions') }}
    where is_latest
),

champions as (
    select * from {{ ref('reorder_champions') }}
    where is_champion
),

reorder_policies as (
    select
        reorder_plans.item_id,
        reorder_plans.location_id,
        reorder_positions.valuation_date,
        reorder_plans.policy,
        reorder_plans.policy = coalesce(champions.policy, champions_of_all.policy, 'newsvendor') as is_champion,
        {{ reporting_currency() }} as currency,
        reorder_positions.segment,
        reorder_positions.forecast_date,
        reorder_positions.supplier_id,
        reorder_positions.lead_time_source,
        reorder_positions.lead_time_days,
        reorder_positions.lead_time_spread_days,
        reorder_positions.review_days,
        reorder_positions.is_ended,
        cast(reorder_positions.on_hand_quantity as {{ quantity_type() }}) as on_hand_quantity,
        cast(reorder_positions.on_order_quantity as {{ quantity_type() }}) as on_order_quantity,
        {%- for name in ['window_demand', 'reorder_point', 'order_up_to'] %}
        {{ rounded_quantity_total('greatest(reorder_plans.' ~ name ~ ', 0)') }} as {{ name }}_quantity,
        {%- endfor %}
        {{ rounded_quantity_total('reorder_plans.order_quantity') }} as order_quantity,
        {{ rounded_total('reorder_plans.order_quantity * reorder_positions.unit_cost') }} as order_value,
        {{ rounded_total('reorder_plans.order_gain') }} as order_gain_amount,
        reorder_plans.fill_rate as expected_fill_rate,
        {{ rounded_total('reorder_plans.stock * reorder_positions.unit_cost') }} as expected_stock_value,
        {%- for name in ['holding', 'lost_margin', 'ordering', 'write_down'] %}
        {{ rounded_total('reorder_plans.' ~ name) }} as expected_{{ name }}_amount,
        {%- endfor %}
        {{ rounded_total('reorder_plans.holding + reorder_plans.lost_margin + reorder_plans.ordering'
            ~ ' + reorder_plans.write_down') }} as expected_cost
    from reorder_plans
    inner join reorder_positions
        on
            reorder_plans.item_id = reorder_positions.item_id
            and reorder_plans.location_id = reorder_positions.location_id
    left join champions on reorder_positions.segment = champions.segment
    left join champions as champions_of_all on champions_of_all.segment = 'all'
)

select * from reorder_policies
