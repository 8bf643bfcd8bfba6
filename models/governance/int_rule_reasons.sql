-- What the rule that proposed says of a position, bucket by bucket: how much of the cost lies in it, and at what rate
-- it is reserved.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

rule_exposures as (
    select * from {{ ref('int_rule_exposures') }}
),

fitted_rules as (
    select * from {{ ref('fitted_rules') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

rule_buckets as (
    select * from {{ ref('rule_buckets') }}
),

bucket_words as (
    select
        'calibrated_ageing' as rule,
        bucket,
        case
            when to_days is null then 'Stock more than ' || (from_days - 1) || ' days old'
            else 'Stock ' || from_days || ' to ' || to_days || ' days old'
        end as words
    from ageing_policy
    union all
    select
        rule,
        bucket,
        case
            when from_value is null then case when rule = 'calibrated_recency' then 'Never sold' else 'No demand' end
            when rule = 'calibrated_recency' and to_value is null
                then 'Last sold more than ' || {{ plain_number('from_value - 1') }} || ' days ago'
            when rule = 'calibrated_recency'
                then 'Last sold ' || {{ plain_number('from_value') }} || ' to ' || {{ plain_number('to_value - 1') }}
                    || ' days ago'
            else case when rule = 'movement_rate' then 'Turned over ' else 'Stock for ' end
                || case
                    when to_value is null then 'more than ' || {{ plain_number('from_value') }}
                    else {{ plain_number('from_value') }} || ' to ' || {{ plain_number('to_value') }}
                end
                || case when rule = 'movement_rate' then ' times a year' else ' months of demand' end
        end as words
    from rule_buckets
),

rated_exposures as (
    select
        rule_exposures.*,
        'static_ageing' as model,
        cast(ageing_policy.reserve_rate as double) as rate,
        'by the ageing policy' as source
    from rule_exposures
    inner join ageing_policy
        on rule_exposures.rule = 'calibrated_ageing' and rule_exposures.bucket = ageing_policy.bucket
    union all
    select
        rule_exposures.*,
        rule_exposures.rule as model,
        cast(fitted_rules.loss_rate as double) as rate,
        'which such stock lost in the past' as source
    from rule_exposures
    inner join fitted_rules
        on
            rule_exposures.valuation_date = fitted_rules.origin_date
            and rule_exposures.rule = fitted_rules.rule
            and rule_exposures.window_months = fitted_rules.window_months
            and rule_exposures.bucket = fitted_rules.bucket
),

rule_reasons as (
    select
        rated_exposures.item_id,
        rated_exposures.location_id,
        rated_exposures.valuation_date as period_end,
        rated_exposures.model,
        cast(rated_exposures.bucket as bigint) as bucket,
        bucket_words.words || ': ' || cast(cast(round(rated_exposures.bucket_value, 0) as bigint) as string)
        || ' of cost at ' || {{ plain_number('round(100 * rated_exposures.rate, 1)') }} || '%, '
        || rated_exposures.source as reason,
        {{ rounded_amount('rated_exposures.bucket_value * rated_exposures.rate') }} as amount
    from rated_exposures
    inner join proposals
        on
            rated_exposures.item_id = proposals.item_id
            and rated_exposures.location_id = proposals.location_id
            and rated_exposures.valuation_date = proposals.period_end
            and rated_exposures.model = proposals.model
    inner join bucket_words
        on rated_exposures.rule = bucket_words.rule and rated_exposures.bucket = bucket_words.bucket
)

select * from rule_reasons
