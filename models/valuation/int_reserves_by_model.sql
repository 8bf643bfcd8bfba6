{{ config(materialized='view') }}

-- The champion is the sum of its layers; its range moves with what its layers' bounds and their units of account took
-- or added. Every other candidate stands beside it as it says.
with position_reserves as (
    select * from {{ ref('int_position_reserves') }}
),

layer_reserves as (
    select * from {{ ref('layer_reserves') }}
),

net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

scores as (
    select * from {{ ref('int_scores') }}
    where model in ('sell_through', 'linear', 'forest', 'ensemble')
),

layer_sums as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(reserve_amount) as reserve_amount
    from layer_reserves
    group by item_id, location_id, valuation_date
),

champions as (
    select
        position_reserves.item_id,
        position_reserves.location_id,
        position_reserves.valuation_date,
        cast(layer_sums.reserve_amount as {{ money_type() }}) as reserve_amount,
        cast(layer_sums.reserve_amount - position_reserves.reserve_amount as {{ money_type() }}) as moved_amount,
        position_reserves.reserve_lower_amount,
        position_reserves.reserve_upper_amount
    from position_reserves
    inner join layer_sums
        on
            position_reserves.item_id = layer_sums.item_id
            and position_reserves.location_id = layer_sums.location_id
            and position_reserves.valuation_date = layer_sums.valuation_date
),

reserves_by_model as (
    select
        item_id,
        location_id,
        valuation_date,
        'champion' as method,
        reserve_amount,
        least(cast(reserve_lower_amount + moved_amount as {{ money_type() }}), reserve_amount) as reserve_lower_amount,
        greatest(cast(reserve_upper_amount + moved_amount as {{ money_type() }}), reserve_amount)
            as reserve_upper_amount
    from champions
    union all
    select
        item_id,
        location_id,
        valuation_date,
        'nrv' as method,
        expected_write_down_amount as reserve_amount,
        cast(null as {{ money_type() }}) as reserve_lower_amount,
        cast(null as {{ money_type() }}) as reserve_upper_amount
    from net_realizable_values
    union all
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        scores.model as method,
        {%- for bound, rate in {'': 'prediction', 'lower_': 'lower', 'upper_': 'upper'}.items() %}
        {{ rounded_amount('reserve_positions.cost_value * scores.' ~ rate) }} as reserve_{{ bound }}amount
        {{- ',' if not loop.last }}
        {%- endfor %}
    from reserve_positions
    inner join scores
        on
            reserve_positions.item_id = scores.item_id
            and reserve_positions.location_id = scores.location_id
            and reserve_positions.valuation_date = scores.valuation_date
)

select * from reserves_by_model
