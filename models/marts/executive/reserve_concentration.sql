with reserve_shares as (
    select * from {{ ref('int_reserve_shares') }}
),

reserve_total_ranges as (
    select * from {{ ref('reserve_total_ranges') }}
),

reserve_concentration as (
    select
        reserve_shares.period_end,
        '{{ var("accounting_framework") }}' as framework,
        reserve_shares.is_latest_period,
        {{ reporting_currency() }} as currency,
        reserve_shares.dimension,
        reserve_shares.member,
        reserve_shares.positions,
        reserve_shares.cost_value,
        reserve_shares.model_reserve_amount,
        reserve_total_ranges.reserve_lower_amount as model_lower_amount,
        reserve_total_ranges.reserve_upper_amount as model_upper_amount,
        reserve_shares.booked_amount,
        reserve_shares.model_reserve_rate,
        reserve_shares.share_rate,
        reserve_shares.share_rank
    from reserve_shares
    left join reserve_total_ranges
        on
            reserve_shares.period_end = reserve_total_ranges.valuation_date
            and reserve_shares.dimension = reserve_total_ranges.dimension
            and reserve_shares.member = reserve_total_ranges.member
)

select * from reserve_concentration
