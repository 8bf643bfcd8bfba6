-- What the champion expects each position to lose, before it is spread over the layers.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

predictions as (
    select * from {{ ref('predictions') }}
),

position_reserves as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        {%- for bound, rate in {
            '': 'expected_loss_rate', 'lower_': 'loss_rate_lower', 'upper_': 'loss_rate_upper'
        }.items() %}
        {{ rounded_amount(
            'reserve_positions.cost_value * least(greatest(predictions.' ~ rate ~ ', 0), 1)'
        ) }} as reserve_{{ bound }}amount{{ ',' if not loop.last }}
        {%- endfor %}
    from reserve_positions
    inner join predictions
        on
            reserve_positions.item_id = predictions.item_id
            and reserve_positions.location_id = predictions.location_id
            and reserve_positions.valuation_date = predictions.valuation_date
)

select * from position_reserves
