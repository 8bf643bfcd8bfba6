with rule_exposures as (
    select * from {{ ref('int_rule_exposures') }}
),

fitted_rules as (
    select * from {{ ref('fitted_rules') }}
),

reserves_by_rule as (
    select
        rule_exposures.item_id,
        rule_exposures.location_id,
        rule_exposures.valuation_date,
        fitted_rules.rule as method,
        sum({{ rounded_amount('rule_exposures.bucket_value * fitted_rules.loss_rate') }})
            as reserve_amount
    from rule_exposures
    inner join fitted_rules
        on
            rule_exposures.valuation_date = fitted_rules.origin_date
            and rule_exposures.rule = fitted_rules.rule
            and rule_exposures.window_months = fitted_rules.window_months
            and rule_exposures.bucket = fitted_rules.bucket
    group by
        rule_exposures.item_id,
        rule_exposures.location_id,
        rule_exposures.valuation_date,
        fitted_rules.rule
)

select * from reserves_by_rule
