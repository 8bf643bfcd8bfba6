-- A run of months outside on the same side is a shift once its distances add up to the limit. One unit more halves what
-- chance does, and twice the groups double it: so the limit rises by one with each doubling of the groups, and a large
-- company gets no more false alarms than a small one. What the ageing policy does later stands beside, to compare.
with group_ranges as (
    select * from {{ ref('int_group_ranges') }}
),

limits as (
    select max(upper_limit) as strength_limit from {{ ref('monitoring_thresholds') }}
    where check_name = 'shift'
),

ageing_rates as (
    select * from {{ ref('int_group_ageing') }}
),

sided as (
    select
        *,
        case when distance > 1 then 1 when distance < -1 then -1 else 0 end as side,
        greatest(log2(count(*) over (partition by month_number) / 40.0), -2) as groups_allowance
    from group_ranges
),

-- Months of one run have the same month number less their place among the months of the side.
run_months as (
    select
        *,
        month_number - row_number() over (
            partition by measure, dimension, member, side order by month_number nulls last
        ) as run
    from sided
),

runs as (
    select
        *,
        count(*) over run_so_far as months_outside,
        min(valuation_date) over run_so_far as outside_since,
        round(sum(abs(cast(distance as decimal(18, 6)))) over run_so_far - groups_allowance, 6) as strength
    from run_months
    window run_so_far as ({{ month_frame(none, 0, 'measure, dimension, member, side, run') }})
),

judged as (
    select
        runs.*,
        runs.side <> 0
        and runs.months_outside >= 2
        and runs.strength > limits.strength_limit as is_strong
    from runs
    cross join limits
),

told as (
    select
        *,
        min(case when is_strong then valuation_date end) over (
            {{ month_frame(none, 0, 'measure, dimension, member, side, run') }}
        ) as told_on
    from judged
),

-- A reaction is five points more of the group's cost than in the first month outside.
reactions as (
    select
        told.measure,
        told.dimension,
        told.member,
        told.outside_since,
        min(later.valuation_date) as ageing_policy_reacted_on
    from told
    inner join ageing_rates as earlier
        on
            told.dimension = earlier.dimension
            and told.member = earlier.member
            and told.outside_since = earlier.valuation_date
    inner join ageing_rates as later
        on
            earlier.dimension = later.dimension
            and earlier.member = later.member
            and earlier.valuation_date < later.valuation_date
            and earlier.ageing_reserve_rate + 0.05 <= later.ageing_reserve_rate
    where told.told_on = told.valuation_date
    group by told.measure, told.dimension, told.member, told.outside_since
),

shifts as (
    select
        told.valuation_date,
        told.measure,
        told.dimension,
        told.member,
        told.actual_amount,
        told.expected_amount,
        told.deviation_rate,
        told.lower_rate,
        told.upper_rate,
        told.distance,
        told.side <> 0 as is_outside,
        case when told.side <> 0 then told.outside_since end as outside_since,
        case when told.side <> 0 then told.months_outside else 0 end as months_outside,
        case when told.side <> 0 and told.months_outside > 1 then told.strength else 0 end as strength,
        told.told_on,
        reactions.ageing_policy_reacted_on
    from told
    left join reactions
        on
            told.measure = reactions.measure
            and told.dimension = reactions.dimension
            and told.member = reactions.member
            and told.outside_since = reactions.outside_since
            and told.told_on is not null
)

select * from shifts
