{{ config(meta={'known_by': none}) }}

{%- set of_positions, of_pools = ref('int_late_differences'), ref('int_shared_differences') %}
with differences as (
    select * from {{ of_pools if is_pooled() else of_positions }}
),

restated_movements as (
    select * from {{ ref('int_restated_movements') }}
),

movements as (
    select * from {{ ref('movements') }}
),

restatements as (
    select
        differences.item_id,
        differences.location_id,
        differences.valuation_date,
        differences.costing_method,
        movements.movement_number as late_movement_number,
        movements.movement_type,
        movements.document_id,
        movements.line_no,
        cast(movements.moved_at as date) as happened_on,
        movements.posted_on,
        differences.quantity as quantity_difference,
        differences.cost_value as value_difference
    from differences
    inner join restated_movements on differences.late_number = restated_movements.movement_number
    inner join movements on restated_movements.known_movement_number = movements.movement_number
)

select * from restatements
