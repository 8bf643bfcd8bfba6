-- Kaplan and Meier (1958) on what was known at the origin: a stock is at risk in a month if it had lasted until
-- then and the month had passed. Stock whose event can never come stays at risk, as in Fine and Gray (1999): shares
-- are of all stock, not of what happened to remain. A month in which a segment was never at risk takes the hazard
-- of all.
with stock_events as (
    select * from {{ ref('int_stock_events') }}
),

origins as (
    select distinct
        scoring_dates.trained_on as origin_date,
        valuation_dates.month_number
    from {{ ref('scoring_dates') }} as scoring_dates
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on scoring_dates.trained_on = valuation_dates.valuation_date
),

months as (
    select number + 1 as months_ahead from ({{ integer_series(var('horizon_months') - 1) }}) as numbers
),

counted as (
    select
        target,
        segment,
        month_number,
        months_to_event,
        count(*) as positions
    from stock_events
    group by target, segment, month_number, months_to_event
),

exposures as (
    select
        origins.origin_date,
        counted.target,
        counted.segment,
        months.months_ahead,
        sum(counted.positions) as at_risk,
        sum(case when counted.months_to_event = months.months_ahead then counted.positions else 0 end)
            as event_count
    from origins
    cross join months
    inner join counted
        on
            counted.month_number + months.months_ahead <= origins.month_number
            and coalesce(counted.months_to_event, months.months_ahead) >= months.months_ahead
    group by origins.origin_date, counted.target, counted.segment, months.months_ahead
),

of_all as (
    select
        origin_date,
        target,
        months_ahead,
        {{ ratio('sum(event_count)', 'sum(at_risk)') }} as hazard_rate
    from exposures
    group by origin_date, target, months_ahead
),

curve_segments as (
    select distinct segment from stock_events
),

hazards as (
    select
        of_all.origin_date,
        of_all.target,
        curve_segments.segment,
        of_all.months_ahead,
        coalesce(exposures.at_risk, 0) as at_risk,
        coalesce(exposures.event_count, 0) as event_count,
        coalesce({{ ratio('exposures.event_count', 'exposures.at_risk') }}, of_all.hazard_rate) as hazard_rate
    from of_all
    cross join curve_segments
    left join exposures
        on
            of_all.origin_date = exposures.origin_date
            and of_all.target = exposures.target
            and of_all.months_ahead = exposures.months_ahead
            and curve_segments.segment = exposures.segment
),

survival_curves as (
    select
        *,
        exp(sum(ln(greatest(1 - hazard_rate, 1e-9))) over (
            partition by origin_date, target, segment order by months_ahead
            rows between unbounded preceding and current row
        )) as survival_rate
    from hazards
)

select * from survival_curves
