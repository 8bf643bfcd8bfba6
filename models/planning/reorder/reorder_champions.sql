-- The simplest policy that would not have cost more than the best by a standard error of their difference, position by
-- position. Of fewer than ten positions nothing is learned: there the champion of all segments is followed.
with replays as (
    select
        item_id,
        location_id,
        segment,
        policy,
        weeks,
        {{ rounded_total('cost') }} as cost,
        case policy when 'newsvendor' then 1 when 'tuned_quantile' then 2 when 'exact_levels' then 3 else 4 end
            as policy_rank
    from {{ ref('int_reorder_replays') }}
),

grouped as (
    select * from replays
    union all
    select * replace ('all' as segment) from replays
),

sums as (
    select
        segment,
        policy,
        policy_rank,
        sum(cost) as cost
    from grouped
    group by segment, policy, policy_rank
),

best as (
    select
        segment,
        policy,
        row_number() over (partition by segment order by cost nulls last, policy_rank nulls last) as place
    from sums
),

best_costs as (
    select
        grouped.item_id,
        grouped.location_id,
        grouped.segment,
        grouped.cost
    from grouped
    inner join best on grouped.segment = best.segment and grouped.policy = best.policy and best.place = 1
),

compared as (
    select
        grouped.segment,
        grouped.policy,
        grouped.policy_rank,
        max(grouped.weeks) as weeks,
        count(*) as positions,
        sum(grouped.cost) as cost,
        sum(grouped.cost - best_costs.cost) as difference,
        sum({{ squared('grouped.cost - best_costs.cost') }}) as squares
    from grouped
    inner join best_costs
        on
            grouped.item_id = best_costs.item_id
            and grouped.location_id = best_costs.location_id
            and grouped.segment = best_costs.segment
    group by grouped.segment, grouped.policy, grouped.policy_rank
),

measured as (
    select
        *,
        case
            when positions > 1
                then sqrt(greatest(
                    cast(squares as double) - power(cast(difference as double), 2) / positions, 0
                ) * positions / (positions - 1))
        end as standard_error
    from compared
),

reorder_champions as (
    select
        segment,
        policy,
        weeks,
        positions,
        cost,
        difference as cost_over_best,
        standard_error,
        positions >= 10 and policy_rank = min(case when difference <= standard_error then policy_rank end) over (
            partition by segment
        ) as is_champion
    from measured
)

select * from reorder_champions
