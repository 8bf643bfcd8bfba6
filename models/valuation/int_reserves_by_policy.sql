with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

rule_exposures as (
    select * from {{ ref('int_rule_exposures') }}
    where rule = 'calibrated_ageing'
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

reserves_by_policy as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        'static_ageing' as method,
        sum({{ rounded_amount('rule_exposures.bucket_value * ageing_policy.reserve_rate') }})
            as reserve_amount
    from reserve_positions
    inner join rule_exposures
        on
            reserve_positions.item_id = rule_exposures.item_id
            and reserve_positions.location_id = rule_exposures.location_id
            and reserve_positions.valuation_date = rule_exposures.valuation_date
    inner join ageing_policy on rule_exposures.bucket = ageing_policy.bucket
    group by
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date
)

select * from reserves_by_policy
