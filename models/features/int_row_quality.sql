-- Counted in the month in which a row became known.
with movements as (select * from {{ ref('movements') }}),

costed_movements as (select * from {{ ref('int_costed_movements') }}),

rows_read as (
    {% for table in ['sales', 'receipts', 'customer_returns', 'stock_adjustments'] -%}
    select
        item_id,
        location_id,
        cast(last_day(cast(known_at as date)) as date) as valuation_date,
        1 as row_count,
        case when mends is null or mends = '' then 0 else 1 end as mended_rows,
        0 as movement_count,
        0 as late_movements,
        0 as assumed_costs
    from {{ ref('stg_' ~ table) }}
    union all
    {% endfor -%}
    select
        movements.item_id,
        movements.location_id,
        cast(last_day(movements.posted_on) as date) as valuation_date,
        0 as row_count,
        0 as mended_rows,
        1 as movement_count,
        case when movements.posted_at > movements.moved_at then 1 else 0 end as late_movements,
        case when costed_movements.is_cost_assumed or costed_movements.is_provisional then 1 else 0 end
            as assumed_costs
    from movements
    inner join costed_movements on movements.movement_number = costed_movements.movement_number
    where costed_movements.transfer_movement_number is null and not costed_movements.is_elsewhere
),

row_quality as (
    select
        item_id,
        location_id,
        valuation_date,
        {% for fact in ['row_count', 'mended_rows', 'movement_count', 'late_movements', 'assumed_costs'] -%}
        cast(sum({{ fact }}) as bigint) as {{ fact }}{{ ',' if not loop.last }}
        {% endfor %}
    from rows_read
    group by item_id, location_id, valuation_date
)

select * from row_quality
