with predictions as (
    select * from {{ ref('predictions') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where horizon_months = {{ var('horizon_months') }}
),

outcomes as (
    select
        predictions.item_id,
        predictions.location_id,
        predictions.valuation_date,
        predictions.obsolescence_probability,
        realised_outcomes.cost_value,
        case when realised_outcomes.is_obsolete then 1 else 0 end as obsolete
    from predictions
    inner join realised_outcomes
        on
            predictions.item_id = realised_outcomes.item_id
            and predictions.location_id = realised_outcomes.location_id
            and predictions.valuation_date = realised_outcomes.valuation_date
),

scored as (
    select
        *,
        {{ rounded_amount('power(obsolescence_probability - obsolete, 2)') }} as squared_error
    from outcomes
),

-- Equal probabilities are one step of the curve: none of them stands before another.
steps as (
    select
        valuation_date,
        obsolescence_probability,
        sum(obsolete) as obsolete,
        count(*) as positions
    from scored
    group by valuation_date, obsolescence_probability
),

curve as (
    select
        valuation_date,
        obsolete,
        sum(obsolete) over so_far as obsolete_so_far,
        sum(positions) over so_far as positions_so_far
    from steps
    window so_far as (
        partition by valuation_date order by obsolescence_probability desc nulls last
        rows between unbounded preceding and current row
    )
),

average_precisions as (
    select
        valuation_date,
        sum({{ rounded_amount('obsolete * ' ~ ratio('obsolete_so_far', 'positions_so_far')) }})
            as precision_sum
    from curve
    group by valuation_date
),

sums as (
    select
        valuation_date,
        count(*) as positions,
        sum(obsolete) as obsolete,
        sum(squared_error) as squared_error,
        sum(case when obsolete = 1 then cost_value else 0 end) as obsolete_value,
        sum(case when obsolescence_probability >= 0.5 then cost_value else 0 end) as called_value,
        sum(case when obsolete = 1 and obsolescence_probability >= 0.5 then cost_value else 0 end)
            as rightly_called_value
    from scored
    group by valuation_date
),

{% set metrics = {
    'obsolescence_prevalence': ratio('sums.obsolete', 'sums.positions'),
    'obsolescence_brier_score': ratio('sums.squared_error', 'sums.positions'),
    'obsolescence_average_precision': ratio('average_precisions.precision_sum', 'sums.obsolete'),
    'obsolescence_precision_by_value': ratio('sums.rightly_called_value', 'sums.called_value'),
    'obsolescence_recall_by_value': ratio('sums.rightly_called_value', 'sums.obsolete_value'),
} -%}
metrics as (
    {% for metric, value in metrics.items() -%}
    select
        sums.valuation_date,
        'ml' as method,
        '{{ metric }}' as metric,
        {{ value }} as value,
        sums.positions
    from sums
    inner join average_precisions on sums.valuation_date = average_precisions.valuation_date
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

obsolescence_accuracy as (
    select * from metrics
    where value is not null
)

select * from obsolescence_accuracy
