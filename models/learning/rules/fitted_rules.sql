-- Rates are weighted by value, on the dates that the embargo allows. The coverage rule takes the
-- window of past demand whose buckets told most of the loss there: least squared error by value.
with training_windows as (
    select * from {{ ref('training_windows') }}
),

rule_losses as (
    select * from {{ ref('int_rule_losses') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

rule_buckets as (
    select * from {{ ref('rule_buckets') }}
),

buckets as (
    select rule, bucket from rule_buckets
    union all
    select 'calibrated_ageing' as rule, bucket from ageing_policy
),

losses_by_origin as (
    select
        training_windows.origin_date,
        rule_losses.rule,
        rule_losses.window_months,
        rule_losses.bucket,
        sum(rule_losses.exposed_value) as exposed_value,
        sum(rule_losses.realised_loss) as realised_loss
    from training_windows
    inner join rule_losses
        on
            training_windows.training_date = rule_losses.valuation_date
            and training_windows.origin_date >= rule_losses.known_on
    group by
        training_windows.origin_date,
        rule_losses.rule,
        rule_losses.window_months,
        rule_losses.bucket
),

windows_fitted as (
    select
        origin_date,
        rule,
        window_months,
        {{ ratio('sum(realised_loss)', 'sum(exposed_value)') }} as overall_rate,
        sum({{ rounded_total('realised_loss * ' ~ ratio('realised_loss', 'exposed_value')) }})
            as explained_loss
    from losses_by_origin
    group by origin_date, rule, window_months
),

windows_ranked as (
    select
        *,
        row_number() over (
            partition by origin_date, rule
            order by explained_loss desc nulls last, window_months asc nulls last
        ) as window_rank
    from windows_fitted
),

-- A bucket that the past never filled borrows the rate of all stock; stock that cost nothing has lost nothing.
fitted_rules as (
    select
        windows_ranked.origin_date,
        windows_ranked.rule,
        windows_ranked.window_months,
        buckets.bucket,
        coalesce(losses_by_origin.exposed_value, 0) as exposed_value,
        coalesce(losses_by_origin.realised_loss, 0) as realised_loss,
        coalesce(
            {{ ratio('losses_by_origin.realised_loss', 'losses_by_origin.exposed_value') }},
            windows_ranked.overall_rate,
            0
        ) as loss_rate
    from windows_ranked
    inner join buckets on windows_ranked.rule = buckets.rule
    left join losses_by_origin
        on
            windows_ranked.origin_date = losses_by_origin.origin_date
            and windows_ranked.rule = losses_by_origin.rule
            and windows_ranked.window_months = losses_by_origin.window_months
            and buckets.bucket = losses_by_origin.bucket
    where windows_ranked.window_rank = 1
)

select * from fitted_rules
