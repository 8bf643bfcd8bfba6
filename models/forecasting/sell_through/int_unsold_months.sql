{{ config(materialized='view') }}

-- The same share that the curves are learned from: what demand up to the month left of the stock.
with stock_looks as (
    select * from {{ ref('int_stock_looks') }}
    where flash_date is null and cost_value > 0
),

segments as (
    select * from {{ ref('segments') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
    where flash_date is null
),

months_ahead as (
    select number + 1 as month_ahead from ({{ integer_series(35) }}) as numbers
),

cumulated as (
    select
        item_id,
        location_id,
        month_number,
        {{ running_sum('demand_quantity') }} as demand_to_date
    from position_months
),

unsold_months as (
    select
        stock_looks.item_id,
        stock_looks.location_id,
        stock_looks.valuation_date,
        stock_looks.month_number,
        months_ahead.month_ahead,
        segments.segment,
        stock_looks.cost_value,
        1 - least(greatest({{ ratio(
            'later.demand_to_date - present.demand_to_date', 'stock_looks.quantity'
        ) }}, 0), 1) as unsold_rate
    from stock_looks
    inner join segments
        on
            stock_looks.item_id = segments.item_id
            and stock_looks.location_id = segments.location_id
            and stock_looks.valuation_date = segments.valuation_date
    inner join cumulated as present
        on
            stock_looks.item_id = present.item_id
            and stock_looks.location_id = present.location_id
            and stock_looks.month_number = present.month_number
    inner join months_ahead on stock_looks.horizon_months >= months_ahead.month_ahead
    inner join cumulated as later
        on
            stock_looks.item_id = later.item_id
            and stock_looks.location_id = later.location_id
            and stock_looks.month_number + months_ahead.month_ahead = later.month_number
)

select * from unsold_months
