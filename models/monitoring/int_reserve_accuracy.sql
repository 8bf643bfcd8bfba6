with scored_estimates as (
    select * from {{ ref('int_scored_estimates') }}
),

sums as (
    select
        valuation_date,
        method,
        count(*) as positions,
        sum(cost_value) as cost_value,
        sum(realised_loss) as realised_loss,
        sum(reserve_amount) as reserve_amount,
        sum(unexpected_amount) as unexpected_amount,
        sum(over_reserve_amount) as over_reserve_amount,
        sum(unexpected_amount + over_reserve_amount) as absolute_error_amount,
        sum(unexpected_at_equal_reserve_amount) as unexpected_at_equal_reserve_amount,
        count(reserve_lower_amount) as positions_with_interval,
        sum(
            case when realised_loss between reserve_lower_amount and reserve_upper_amount then 1 end
        ) as positions_inside,
        sum(reserve_upper_amount - reserve_lower_amount) as interval_amount
    from scored_estimates
    group by valuation_date, method
),

{% set metrics = {
    'reserve_ratio': ratio('reserve_amount', 'realised_loss'),
    'sku_error': ratio('absolute_error_amount', 'realised_loss'),
    'unexpected_rate': ratio('unexpected_amount', 'realised_loss'),
    'over_reserve_rate': ratio('over_reserve_amount', 'realised_loss'),
    'equal_reserve_unexpected': ratio('unexpected_at_equal_reserve_amount', 'realised_loss'),
    'interval_coverage': ratio('coalesce(positions_inside, 0)', 'positions_with_interval'),
    'interval_width': ratio('interval_amount', 'cost_value'),
} -%}
metrics as (
    {% for metric, value in metrics.items() -%}
    select valuation_date, method, '{{ metric }}' as metric, {{ value }} as value, positions
    from sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

reserve_accuracy as (
    select * from metrics
    where value is not null
)

select * from reserve_accuracy
