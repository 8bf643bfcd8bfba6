with layer_reserves as (
    select * from {{ ref('int_layer_reserves') }}
),

movements as (
    select * from {{ ref('movements') }}
),

items as (
    select * from {{ ref('items') }}
),

layer_drilldown as (
    select
        layer_reserves.item_id,
        layer_reserves.location_id,
        layer_reserves.period_end,
        '{{ var("accounting_framework") }}' as framework,
        true as is_latest_period,
        {{ reporting_currency() }} as currency,
        items.category,
        items.description as item_description,
        layer_reserves.layer_number,
        layer_reserves.received_on,
        movements.document_id,
        layer_reserves.age_days,
        items.unit_of_measure,
        cast(layer_reserves.quantity as {{ quantity_type() }}) as quantity,
        layer_reserves.cost_value,
        layer_reserves.booked_amount
    from layer_reserves
    inner join items on layer_reserves.item_id = items.item_id
    left join movements on layer_reserves.receipt_movement_number = movements.movement_number
)

select * from layer_drilldown
