with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

reserves_by_model as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        'ml' as method,
        {{ rounded_amount('reserve_positions.cost_value * predictions.expected_loss_rate') }}
            as reserve_amount,
        {{ rounded_amount('reserve_positions.cost_value * predictions.loss_rate_lower') }}
            as reserve_lower_amount,
        {{ rounded_amount('reserve_positions.cost_value * predictions.loss_rate_upper') }}
            as reserve_upper_amount
    from reserve_positions
    inner join predictions
        on
            reserve_positions.item_id = predictions.item_id
            and reserve_positions.location_id = predictions.location_id
            and reserve_positions.valuation_date = predictions.valuation_date
)

select * from reserves_by_model
