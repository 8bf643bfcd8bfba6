-- What demand and prices say of a stock, in units and prices that a controller can hold against the shelf.
with net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

items as (
    select * from {{ ref('items') }}
),

demand_reasons as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        net_realizable_values.valuation_date,
        'Of ' || {{ plain_number('round(net_realizable_values.quantity, 1)') }} || ' units '
        || {{ plain_number('round(net_realizable_values.expected_sold_quantity, 1)') }} || ' are expected to sell by '
        || {{ month_end_after('net_realizable_values.valuation_date', var('horizon_months')) }} || ', at '
        || {{ plain_number('round(net_realizable_values.expected_net_price, 2)') }} || ' less '
        || {{ plain_number('round(100 * items.selling_cost_rate, 1)') }} || ' % selling costs against a cost of '
        || {{ plain_number('round(net_realizable_values.unit_cost, 2)') }} || '; the others bring '
        || {{ plain_number('round(100 * items.recovery_rate, 1)') }} || ' % of their cost' as reason
    from net_realizable_values
    inner join items on net_realizable_values.item_id = items.item_id
)

select * from demand_reasons
