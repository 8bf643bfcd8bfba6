-- Some systems book every quantity without a sign, or what they write off: the habit of the table tells which.
{%- set lowers_stock = "lower(reason) in ('write_off', 'damage', 'theft', 'expiry', 'obsolete', 'supplier_return')" %}
with used as (
    {{ used_rows('stock_adjustments') }}
),

habits as (
    select
        count(case when quantity < 0 then 1 end) = 0
        or count(case when quantity > 0 and {{ lowers_stock }} then 1 end)
        > greatest(9, 9 * count(case when quantity < 0 and {{ lowers_stock }} then 1 end)) as leaves_out_the_sign
    from used
),

judged as (
    select
        used.*,
        habits.leaves_out_the_sign and used.quantity > 0 and {{ lowers_stock }} as is_turned
    from used
    cross join habits
),

mended as (
    select
        * exclude (unit_cost_as_delivered, rate_to_reporting, is_turned)
        replace (
            case when is_turned then -quantity else quantity end as quantity,
            nullif(concat_ws(
                '; ',
                mends,
                case when is_turned then 'quantity was ' || quantity || ', a reason that lowers stock' end
            ), '') as mends
        ),
        {{ line_amount('quantity', 'unit_cost_as_delivered', 'rate_to_reporting') }} as cost_amount
    from judged
)

select * from mended
