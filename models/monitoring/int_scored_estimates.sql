-- Equal reserve: each method gets the total that was needed, so that only knowing where counts.
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where horizon_months = {{ var('horizon_months') }}
),

estimates_with_outcomes as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        reserve_estimates.valuation_date,
        reserve_estimates.method,
        reserve_estimates.cost_value,
        reserve_estimates.reserve_amount,
        reserve_estimates.reserve_lower_amount,
        reserve_estimates.reserve_upper_amount,
        realised_outcomes.realised_loss,
        sum(realised_outcomes.realised_loss) over method_total as total_loss,
        sum(reserve_estimates.reserve_amount) over method_total as total_reserve
    from reserve_estimates
    inner join realised_outcomes
        on
            reserve_estimates.item_id = realised_outcomes.item_id
            and reserve_estimates.location_id = realised_outcomes.location_id
            and reserve_estimates.valuation_date = realised_outcomes.valuation_date
    window method_total as (partition by reserve_estimates.valuation_date, reserve_estimates.method)
),

equal_reserves as (
    select
        *,
        {{ rounded_amount('reserve_amount * (' ~ ratio('total_loss', 'total_reserve') ~ ')') }}
            as equal_reserve_amount
    from estimates_with_outcomes
),

-- No reserve can't be scaled: then greatest() must not turn the missing amount into nothing.
scored_estimates as (
    select
        *,
        greatest(realised_loss - reserve_amount, 0) as unexpected_amount,
        greatest(reserve_amount - realised_loss, 0) as over_reserve_amount,
        case
            when equal_reserve_amount is not null
                then greatest(realised_loss - equal_reserve_amount, 0)
        end as unexpected_at_equal_reserve_amount
    from equal_reserves
)

select * from scored_estimates
