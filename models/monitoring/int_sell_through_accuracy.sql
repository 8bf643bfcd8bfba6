with unsold_months as (
    select * from {{ ref('int_unsold_months') }}
),

sell_through_curves as (
    select * from {{ ref('sell_through_curves') }}
),

kaplan_meier_curves as (
    select * from {{ ref('int_kaplan_meier_curves') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where has_outcome
),

compared as (
    select
        unsold_months.*,
        sell_through_curves.unsold_rate as champion_unsold_rate,
        kaplan_meier_curves.unsold_rate as kaplan_meier_unsold_rate
    from unsold_months
    inner join valuation_dates on unsold_months.valuation_date = valuation_dates.valuation_date
    inner join sell_through_curves
        on
            unsold_months.item_id = sell_through_curves.item_id
            and unsold_months.location_id = sell_through_curves.location_id
            and unsold_months.valuation_date = sell_through_curves.valuation_date
            and unsold_months.month_ahead = sell_through_curves.month_ahead
    inner join kaplan_meier_curves
        on
            unsold_months.valuation_date = kaplan_meier_curves.valuation_date
            and unsold_months.segment = kaplan_meier_curves.segment
            and unsold_months.month_ahead = kaplan_meier_curves.month_ahead
),

sell_through_accuracy as (
    {% for method in ['champion', 'kaplan_meier'] -%}
    select
        valuation_date,
        '{{ method }}' as method,
        'sell_through_rmse' as metric,
        sqrt({{ ratio(
            'sum(' ~ rounded_total('cost_value * power(' ~ method ~ '_unsold_rate - unsold_rate, 2)') ~ ')',
            'sum(' ~ rounded_total('cost_value') ~ ')'
        ) }}) as value,
        count(case when month_ahead = 1 then 1 end) as positions
    from compared
    group by valuation_date
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from sell_through_accuracy
