-- Units up to the expected demand bring NRV, the rest recovery: demand stands at its expectation.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

items as (
    select * from {{ ref('items') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

prices_expected as (
    select
        reserve_positions.*,
        items.selling_cost_rate,
        items.recovery_rate,
        predictions.loss_rate_upper,
        {{ ratio('reserve_positions.cost_value', 'reserve_positions.quantity') }} as cost_rate,
        {{ rounded_amount('coalesce(predictions.expected_net_price, items.list_price)') }}
            as expected_net_price,
        {{ rounded_amount('predictions.expected_demand_quantity') }} as expected_demand_quantity
    from reserve_positions
    inner join items on reserve_positions.item_id = items.item_id
    left join predictions
        on
            reserve_positions.item_id = predictions.item_id
            and reserve_positions.location_id = predictions.location_id
            and reserve_positions.valuation_date = predictions.valuation_date
),

units_valued as (
    select
        *,
        {{ rounded_amount('cost_rate') }} as unit_cost,
        {{ rounded_amount('expected_net_price * selling_cost_rate') }} as unit_selling_cost,
        {{ rounded_amount('expected_net_price * (1 - selling_cost_rate)') }} as unit_nrv,
        {{ rounded_amount('cost_rate * recovery_rate') }} as unit_recovery,
        case
            when expected_demand_quantity >= quantity then cast(0 as decimal(18, 4))
            else quantity - expected_demand_quantity
        end as expected_unsold_quantity
    from prices_expected
),

positions_valued as (
    select
        *,
        quantity - expected_unsold_quantity as expected_sold_quantity,
        {{ rounded_amount('quantity * unit_nrv') }} as nrv_value,
        {{ rounded_amount('(quantity - expected_unsold_quantity) * unit_nrv') }} as sold_value,
        {{ rounded_amount('expected_unsold_quantity * cost_rate * recovery_rate') }}
            as recovery_value,
        {{ rounded_amount('expected_unsold_quantity * cost_rate * (1 - recovery_rate)') }}
            as exposure_amount,
        {{ rounded_amount('cost_value * loss_rate_upper') }} as stress_amount
    from units_valued
),

net_realizable_values as (
    select
        item_id,
        location_id,
        valuation_date,
        quantity,
        cost_value,
        unit_cost,
        expected_net_price,
        unit_selling_cost,
        unit_nrv,
        unit_recovery,
        case when nrv_value < cost_value then nrv_value else cost_value end
            as lower_of_cost_and_nrv_value,
        case when nrv_value < cost_value then cost_value - nrv_value else 0 end
            as price_write_down_amount,
        expected_demand_quantity,
        expected_sold_quantity,
        expected_unsold_quantity,
        sold_value + recovery_value as expected_value,
        recovery_value,
        case
            when sold_value + recovery_value < cost_value
                then cost_value - sold_value - recovery_value
            else 0
        end as expected_write_down_amount,
        exposure_amount,
        stress_amount
    from positions_valued
)

select * from net_realizable_values
