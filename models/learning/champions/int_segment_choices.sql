-- What choosing by segment would have done: at each origin the model that was best in the segment at the other
-- origins, whose own outcome has no say in it (leave one out), beside the champion of all.
with champions as (
    select * from {{ ref('champions') }}
),

candidates as (
    select * from {{ ref('candidate_models') }}
    where target = 'loss_rate'
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

segment_errors as (
    select * from {{ ref('int_segment_errors') }}
),

known_errors as (
    select
        champions.valuation_date,
        segment_errors.origin_date,
        segment_errors.segment,
        segment_errors.model,
        segment_errors.squared_error_value,
        segment_errors.cost_value,
        segment_errors.model = champions.model as is_champion,
        candidates.complexity,
        cast(sqrt({{ ratio('segment_errors.squared_error_value', 'segment_errors.cost_value') }}) as decimal(18, 9))
            as error
    from champions
    inner join valuation_dates on champions.valuation_date >= valuation_dates.horizon_end_date
    inner join segment_errors on valuation_dates.valuation_date = segment_errors.origin_date
    inner join candidates on segment_errors.model = candidates.model
),

compared as (
    select
        *,
        sum(error) over all_origins as summed_error,
        count(*) over all_origins as origins
    from known_errors
    window all_origins as (partition by valuation_date, segment, model)
),

ranked as (
    select
        *,
        row_number() over (
            partition by valuation_date, segment, origin_date
            order by
                {{ ratio('summed_error - error', 'origins - 1') }} asc nulls last,
                is_champion desc nulls last, complexity asc nulls last
        ) as place_elsewhere,
        row_number() over (
            partition by valuation_date, segment, origin_date
            order by summed_error / origins asc nulls last, complexity asc nulls last
        ) as place
    from compared
),

segment_choices as (
    select
        valuation_date,
        segment,
        origin_date,
        max(case when place = 1 then model end) as best_model,
        max(case when place_elsewhere = 1 then model end) as best_model_elsewhere,
        sum(case when place_elsewhere = 1 then squared_error_value end) as squared_error_value,
        sum(case when is_champion then squared_error_value end) as champion_squared_error_value,
        max(cost_value) as cost_value
    from ranked
    group by valuation_date, segment, origin_date
)

select * from segment_choices
