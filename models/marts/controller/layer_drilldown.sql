-- The booked reserve of the latest period on the layers it stands on, by their cost: each layer takes the difference of
-- two rounded cumulative shares, so that they sum to the position's to the last unit.
with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

booked_positions as (
    select * from {{ ref('int_reviewed_positions') }}
    where is_latest_period
),

movements as (
    select * from {{ ref('movements') }}
),

items as (
    select * from {{ ref('items') }}
),

cumulated_layers as (
    select
        booked_positions.item_id,
        booked_positions.location_id,
        booked_positions.period_end,
        booked_positions.booked_amount,
        cost_layers.layer_number,
        cost_layers.received_on,
        cost_layers.receipt_movement_number,
        cost_layers.age_days,
        cost_layers.quantity,
        cost_layers.cost_value,
        sum(cost_layers.cost_value) over layers as total_cost_value,
        sum(cost_layers.cost_value) over (
            partition by cost_layers.item_id, cost_layers.location_id
            order by cost_layers.layer_number nulls last
            rows between unbounded preceding and current row
        ) as cumulated_cost_value
    from booked_positions
    inner join cost_layers
        on
            booked_positions.item_id = cost_layers.item_id
            and booked_positions.location_id = cost_layers.location_id
            and booked_positions.period_end = cost_layers.valuation_date
    window layers as (partition by cost_layers.item_id, cost_layers.location_id)
),

layer_drilldown as (
    select
        cumulated_layers.item_id,
        cumulated_layers.location_id,
        cumulated_layers.period_end,
        '{{ var("accounting_framework") }}' as framework,
        true as is_latest_period,
        {{ reporting_currency() }} as currency,
        items.category,
        items.description as item_description,
        cumulated_layers.layer_number,
        cumulated_layers.received_on,
        movements.document_id,
        cumulated_layers.age_days,
        items.unit_of_measure,
        cast(cumulated_layers.quantity as {{ quantity_type() }}) as quantity,
        cumulated_layers.cost_value,
        cast(
            {{ exact_share('booked_amount', 'cumulated_cost_value', 'total_cost_value') }}
            - {{ exact_share('booked_amount', '(cumulated_cost_value - cost_value)', 'total_cost_value') }}
            as {{ money_type() }}
        ) as booked_amount
    from cumulated_layers
    inner join items on cumulated_layers.item_id = items.item_id
    left join movements on cumulated_layers.receipt_movement_number = movements.movement_number
)

select * from layer_drilldown
