with replenishment as (
    select * from {{ ref('int_replenishment') }}
),

items as (
    select * from {{ ref('items') }}
),

replenishment_hints as (
    select
        replenishment.item_id,
        replenishment.location_id,
        replenishment.valuation_date as period_end,
        true as is_latest_period,
        items.description as item_description,
        items.category,
        items.unit_of_measure,
        replenishment.on_hand_quantity,
        replenishment.on_order_quantity,
        replenishment.excess_order_quantity,
        replenishment.expected_demand_quantity,
        replenishment.coverage_months,
        replenishment.shortage_quantity,
        replenishment.suggested_action
    from replenishment
    inner join items on replenishment.item_id = items.item_id
)

select * from replenishment_hints
