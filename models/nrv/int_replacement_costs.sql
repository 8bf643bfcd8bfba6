{{ config(materialized='view') }}

-- What the item would cost again: the unit cost of its last receipt, wherever it came in.
with movements as (
    select * from {{ ref('movements') }}
    where movement_type = 'receipt' and quantity_change > 0 and cost_amount > 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

first_dates as (
    select * from {{ ref('int_first_dates') }}
),

last_receipts as (
    select
        movements.item_id,
        first_dates.valuation_date,
        max(movements.movement_number) as movement_number
    from movements
    inner join first_dates on movements.posted_on = first_dates.day
    group by movements.item_id, first_dates.valuation_date
),

receipt_spans as (
    select
        last_receipts.item_id,
        last_receipts.valuation_date,
        {{ rounded_unit_value(ratio('movements.cost_amount', 'movements.quantity_change')) }} as unit_replacement_cost,
        lead(last_receipts.valuation_date) over (
            partition by last_receipts.item_id order by last_receipts.valuation_date nulls last
        ) as next_date
    from last_receipts
    inner join movements on last_receipts.movement_number = movements.movement_number
),

replacement_costs as (
    select
        receipt_spans.item_id,
        valuation_dates.valuation_date,
        receipt_spans.unit_replacement_cost
    from receipt_spans
    inner join valuation_dates
        on
            receipt_spans.valuation_date <= valuation_dates.valuation_date
            and coalesce(receipt_spans.next_date > valuation_dates.valuation_date, true)
)

select * from replacement_costs
