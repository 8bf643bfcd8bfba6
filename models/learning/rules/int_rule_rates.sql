{%- set rules = ['calibrated_ageing', 'calibrated_recency', 'calibrated_coverage', 'movement_rate'] -%}
with reserves_by_rule as (
    select * from {{ ref('int_reserves_by_rule') }}
),

policy_reserves as (
    select * from {{ ref('present_reserves') }}
    where method = 'static_ageing'
),

fitted_reserves as (
    select
        item_id,
        location_id,
        valuation_date
        {%- for rule in rules %},
        max(case when method = '{{ rule }}' then reserve_amount end) as {{ rule }}_amount
        {%- endfor %}
    from reserves_by_rule
    group by item_id, location_id, valuation_date
),

-- Stock that cost nothing, on consignment, can lose nothing.
rule_rates as (
    select
        policy_reserves.item_id,
        policy_reserves.location_id,
        policy_reserves.valuation_date,
        case
            when policy_reserves.cost_value = 0 then 0
            else {{ ratio('policy_reserves.reserve_amount', 'policy_reserves.cost_value') }}
        end as static_ageing_rate
        {%- for rule in rules %},
        case
            when policy_reserves.cost_value = 0 then 0
            else {{ ratio('fitted_reserves.' ~ rule ~ '_amount', 'policy_reserves.cost_value') }}
        end as {{ rule }}_rate
        {%- endfor %}
    from policy_reserves
    inner join fitted_reserves
        on
            policy_reserves.item_id = fitted_reserves.item_id
            and policy_reserves.location_id = fitted_reserves.location_id
            and policy_reserves.valuation_date = fitted_reserves.valuation_date
)

select * from rule_rates
