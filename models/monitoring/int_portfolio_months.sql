with reserve_comparisons as (
    select * from {{ ref('int_reserve_comparisons') }}
),

net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

booked_sums as (
    select
        period_end,
        sum(opening_amount) as opening_amount,
        sum(closing_amount) as closing_amount
    from reserve_rollforward
    group by period_end
),

positions_ranked as (
    select
        reserve_comparisons.*,
        net_realizable_values.exposure_amount,
        net_realizable_values.stress_amount,
        row_number() over (
            partition by reserve_comparisons.valuation_date
            order by
                reserve_comparisons.model_reserve_amount desc nulls last,
                reserve_comparisons.item_id asc nulls last,
                reserve_comparisons.location_id asc nulls last
        ) as reserve_rank
    from reserve_comparisons
    inner join net_realizable_values
        on
            reserve_comparisons.item_id = net_realizable_values.item_id
            and reserve_comparisons.location_id = net_realizable_values.location_id
            and reserve_comparisons.valuation_date = net_realizable_values.valuation_date
),

portfolio_sums as (
    select
        valuation_date,
        count(*) as positions
        {%- for column in [
            'cost_value', 'model_reserve_amount', 'static_ageing_amount',
            'calibrated_coverage_amount', 'exposure_amount', 'stress_amount',
        ] %},
        cast(sum({{ column }}) as {{ money_total_type() }}) as {{ column }}
        {%- endfor %},
        cast(sum(case when reserve_rank <= 10 then model_reserve_amount end) as {{ money_total_type() }})
            as ten_largest_amount
    from positions_ranked
    group by valuation_date
),

months_compared as (
    select
        portfolio_sums.*,
        lag(portfolio_sums.model_reserve_amount) over (
            order by portfolio_sums.valuation_date nulls last
        ) as previous_reserve_amount,
        cast(coalesce(booked_sums.closing_amount, 0) as {{ money_total_type() }}) as booked_amount,
        cast(coalesce(booked_sums.closing_amount - booked_sums.opening_amount, 0) as {{ money_total_type() }})
            as booked_change_amount
    from portfolio_sums
    left join booked_sums on portfolio_sums.valuation_date = booked_sums.period_end
),

portfolio_months as (
    select
        *,
        model_reserve_amount - previous_reserve_amount as model_reserve_change_amount,
        {{ ratio('(model_reserve_amount - previous_reserve_amount)', 'previous_reserve_amount') }}
            as model_reserve_change_rate,
        {{ ratio('model_reserve_amount', 'cost_value') }} as model_reserve_rate,
        {{ ratio('model_reserve_amount', 'static_ageing_amount') }} as model_to_ageing_policy,
        {{ ratio('ten_largest_amount', 'model_reserve_amount') }} as ten_largest_rate
    from months_compared
)

select * from portfolio_months
