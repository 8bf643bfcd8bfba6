with obsolescence_scores as (
    select
        *,
        {{ rounded_amount('power(probability - obsolete, 2)') }} as squared_error
    from {{ ref('int_obsolescence_scores') }}
),

-- Equal scores are one step of the curve: none of them stands before another.
steps as (
    select
        valuation_date,
        method,
        score,
        sum(obsolete) as obsolete,
        count(*) as positions
    from obsolescence_scores
    group by valuation_date, method, score
),

curve as (
    select
        valuation_date,
        method,
        obsolete,
        sum(obsolete) over so_far as obsolete_so_far,
        sum(positions) over so_far as positions_so_far
    from steps
    window so_far as (
        partition by valuation_date, method order by score desc nulls last
        rows between unbounded preceding and current row
    )
),

average_precisions as (
    select
        valuation_date,
        method,
        sum({{ rounded_amount('obsolete * ' ~ ratio('obsolete_so_far', 'positions_so_far')) }})
            as precision_sum
    from curve
    group by valuation_date, method
),

sums as (
    select
        valuation_date,
        method,
        count(*) as positions,
        sum(obsolete) as obsolete,
        sum(squared_error) as squared_error,
        sum(case when obsolete = 1 and probability is not null then cost_value end) as obsolete_value,
        sum(case when probability >= 0.5 then cost_value end) as called_value,
        sum(case when obsolete = 1 and probability >= 0.5 then cost_value when probability is not null then 0 end)
            as rightly_called_value
    from obsolescence_scores
    group by valuation_date, method
),

obsolescence_errors as (
    select
        sums.valuation_date,
        sums.method,
        sums.positions,
        {{ ratio('sums.obsolete', 'sums.positions') }} as prevalence,
        {{ ratio('sums.squared_error', 'sums.positions') }} as brier_score,
        {{ ratio('average_precisions.precision_sum', 'sums.obsolete') }} as average_precision,
        {{ ratio('sums.rightly_called_value', 'sums.called_value') }} as precision_by_value,
        {{ ratio('sums.rightly_called_value', 'sums.obsolete_value') }} as recall_by_value
    from sums
    inner join average_precisions
        on sums.valuation_date = average_precisions.valuation_date and sums.method = average_precisions.method
)

select * from obsolescence_errors
