-- The root mean squared scaled error of a position, as in the M5 competition: the root of its months' mean squared
-- error over the mean squared change from month to month by the date, which a naive forecast would have erred. The
-- mean weighs positions by their net sales by then: of a position that sold once, any later sale is many scales away.
with month_demand_errors as (
    select * from {{ ref('int_month_demand_errors') }}
),

demand_scales as (
    select * from {{ ref('int_demand_scales') }}
),

scaled as (
    select
        month_demand_errors.*,
        case when demand_scales.naive_squared_error > 0 then demand_scales.net_amount end as scaled_amount,
        {{ rounded_total('demand_scales.net_amount * sqrt('
            ~ ratio('month_demand_errors.mean_squared_error', 'demand_scales.naive_squared_error') ~ ')') }}
            as scaled_error_amount
    from month_demand_errors
    inner join demand_scales
        on
            month_demand_errors.item_id = demand_scales.item_id
            and month_demand_errors.location_id = demand_scales.location_id
            and month_demand_errors.valuation_date = demand_scales.valuation_date
),

sums as (
    select
        valuation_date,
        method,
        count(*) as positions,
        count(scaled_amount) as scaled_positions
        {%- for measure in [
            'demand_quantity', 'absolute_error_quantity', 'scaled_amount', 'scaled_error_amount', 'months_with_range',
            'months_inside', 'demand_with_range_quantity', 'pinball_quantity',
        ] %},
        sum({{ measure }}) as {{ measure }}
        {%- endfor %}
    from scaled
    group by valuation_date, method
),

{% set metrics = {
    'demand_month_wape': [ratio('absolute_error_quantity', 'demand_quantity'), 'positions'],
    'demand_rmsse': [ratio('scaled_error_amount', 'scaled_amount'), 'scaled_positions'],
    'demand_pinball_loss': [ratio('pinball_quantity / 2', 'demand_with_range_quantity'), 'positions'],
    'demand_interval_coverage': [ratio('months_inside', 'months_with_range'), 'positions'],
} -%}
metrics as (
    {% for metric, (value, positions) in metrics.items() -%}
    select valuation_date, method, '{{ metric }}' as metric, {{ value }} as value, {{ positions }} as positions
    from sums
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

month_demand_accuracy as (
    select * from metrics
    where value is not null
)

select * from month_demand_accuracy
