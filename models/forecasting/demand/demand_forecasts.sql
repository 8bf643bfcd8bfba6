-- A month's demand comes in whole units, so its range does too; and it holds what is expected, as a mean of few large
-- months may lie beyond nine in ten of them. Its lower end is the quantile of one in ten; that of nine in ten stands
-- beside it, as a range that begins with nothing ends before.
with month_forecasts as (
    select * from {{ ref('int_month_forecasts') }}
),

segments as (
    select * from {{ ref('segments') }}
),

demand_ranges as (
    select * from {{ ref('int_demand_ranges') }}
),

demand_forecasts as (
    select
        month_forecasts.*,
        {% for bound, to_whole, furthest in [
            ('lower', 'floor', 'least'), ('upper', 'ceil', 'greatest'), ('quantile_90', 'ceil', 'greatest'),
        ] -%}
        {{ rounded_quantity_total(
            to_whole ~ '(' ~ furthest ~ '(month_forecasts.expected_quantity, greatest(month_forecasts.expected_quantity, 1)'
            ~ ' * coalesce(demand_ranges.' ~ bound ~ '_multiple, of_all.' ~ bound ~ '_multiple)))'
        ) }} as {{ bound }}_quantity{{ ',' if not loop.last }}
        {% endfor %}
    from month_forecasts
    inner join segments
        on
            month_forecasts.item_id = segments.item_id
            and month_forecasts.location_id = segments.location_id
            and month_forecasts.valuation_date = segments.valuation_date
    left join demand_ranges
        on
            segments.valuation_date = demand_ranges.valuation_date
            and segments.segment = demand_ranges.segment
            and month_forecasts.month_ahead = demand_ranges.month_ahead
    left join demand_ranges as of_all
        on
            segments.valuation_date = of_all.valuation_date
            and of_all.segment = 'all'
            and month_forecasts.month_ahead = of_all.month_ahead
)

select * from demand_forecasts
