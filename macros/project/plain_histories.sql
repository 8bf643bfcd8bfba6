{#
    For the checks of costs by another formulation: the positions, or cost pools, whose costs follow from running totals
    alone. Only opening stock (before all else), receipts and found stock with a known cost come in, and never while stock
    is negative; only sales, adjustments and transfers go out. What was booked late stands behind what came after it.
    `plain_movements` are theirs, in whole millionths and ten-thousandths; layers queue by day of receipt, then as they came.
    Open layers are positions' whatever the pool.
#}
{% macro plain_histories(of_positions=false) %}
{%- set movements, pooled_movements = ref('movements'), ref('int_pooled_movements') -%}
balances as (
    select
        *,
        sum(quantity_change) over (
            partition by item_id, location_id order by movement_number nulls last
        ) as balance,
        received_on < max(case when quantity_change > 0 then received_on end) over (
            partition by item_id, location_id order by movement_number nulls last
        ) as is_late
    from {{ pooled_movements if is_pooled() and not of_positions else movements }}
),

plain_positions as (
    select
        item_id,
        location_id
    from balances
    group by item_id, location_id
    having
        min(balance) >= 0
        and coalesce(
            max(case when movement_type = 'opening' then movement_number end)
            < min(case when movement_type <> 'opening' then movement_number end),
            true
        )
        and sum(
            case
                when movement_type = 'opening' and cost_amount is not null then 0
                when movement_type in ('receipt', 'adjustment_in') and cost_amount is not null and not is_late then 0
                when movement_type in ('sale', 'adjustment_out', 'transfer_out') then 0
                when movement_type = 'supplier_return' and linked_movement_number is null then 0
                else 1
            end
        ) = 0
),

plain_movements as (
    select
        balances.item_id,
        balances.location_id,
        balances.movement_number,
        balances.posted_on,
        {{ whole_units('balances.quantity_change', 6) }} as quantity_units,
        {{ whole_units('balances.balance', 6) }} as balance_units,
        {{ whole_units('balances.cost_amount') }} as value_units,
        row_number() over (
            partition by balances.item_id, balances.location_id
            order by
                case when balances.movement_type = 'opening' then 0 else 1 end,
                case when balances.movement_type = 'opening' then balances.received_on end nulls last,
                balances.movement_number nulls last
        ) as queue_number
    from balances
    inner join plain_positions
        on
            balances.item_id = plain_positions.item_id
            and balances.location_id = plain_positions.location_id
)
{%- endmacro %}


{# The part of a whole value that falls to some of its units, rounded half up: all are whole numbers. #}
{% macro share_of_units(value, part, whole) -%}
    (2 * {{ value }} * ({{ part }}) + ({{ whole }})) // (2 * ({{ whole }}))
{%- endmacro %}
