-- Orders that cannot be cancelled and are still to come.
with open_order_lines as (
    select * from {{ ref('open_order_lines') }}
    where is_firm and open_amount > 0
),

reserve_dates as (
    select distinct valuation_date from {{ ref('int_reserve_positions') }}
),

open_commitments as (
    select
        open_order_lines.po_id,
        open_order_lines.item_id,
        open_order_lines.location_id,
        open_order_lines.valuation_date,
        cast(sum(open_order_lines.open_quantity) as {{ quantity_type() }}) as open_quantity,
        cast(sum(open_order_lines.open_amount) as {{ money_type() }}) as committed_amount,
        row_number() over (
            partition by open_order_lines.item_id, open_order_lines.location_id, open_order_lines.valuation_date
            order by max(open_order_lines.due_on) nulls last, open_order_lines.po_id nulls last
        ) as commitment_number
    from open_order_lines
    inner join reserve_dates on open_order_lines.valuation_date = reserve_dates.valuation_date
    group by
        open_order_lines.po_id,
        open_order_lines.item_id,
        open_order_lines.location_id,
        open_order_lines.valuation_date
)

select * from open_commitments
