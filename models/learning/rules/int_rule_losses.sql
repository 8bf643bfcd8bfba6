{{ config(meta={'known_by': none}) }}

-- Loss is known per position: it is shared among the position's buckets by value, so that the
-- ageing rule is fitted on the layers it is applied to.
with rule_exposures as (
    select * from {{ ref('int_rule_exposures') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
),

rule_losses as (
    select
        rule_exposures.valuation_date,
        realised_outcomes.known_on,
        rule_exposures.rule,
        rule_exposures.window_months,
        rule_exposures.bucket,
        sum(rule_exposures.bucket_value) as exposed_value,
        sum(coalesce({{ rounded_amount(
            'rule_exposures.bucket_value * realised_outcomes.realised_loss_rate'
        ) }}, 0)) as realised_loss
    from rule_exposures
    inner join realised_outcomes
        on
            rule_exposures.item_id = realised_outcomes.item_id
            and rule_exposures.location_id = realised_outcomes.location_id
            and rule_exposures.valuation_date = realised_outcomes.valuation_date
    group by
        rule_exposures.valuation_date,
        realised_outcomes.known_on,
        rule_exposures.rule,
        rule_exposures.window_months,
        rule_exposures.bucket
)

select * from rule_losses
