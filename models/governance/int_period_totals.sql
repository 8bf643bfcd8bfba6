with decided_amounts as (
    select * from {{ ref('int_decided_amounts') }}
),

period_totals as (
    select
        period_end,
        cast(count(*) as bigint) as position_count,
        cast(sum(cost_value) as {{ money_total_type() }}) as cost_value,
        cast(sum(proposed_amount) as {{ money_total_type() }}) as proposed_amount,
        cast(sum(present_amount) as {{ money_total_type() }}) as present_amount,
        cast(sum(decided_amount) as {{ money_total_type() }}) as decided_amount,
        cast(sum(case when override_status = 'applied' then 1 else 0 end) as bigint) as overridden_count
    from decided_amounts
    group by period_end
)

select * from period_totals
