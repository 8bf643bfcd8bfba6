-- By segment only where that wins: where the choice by segment would have been better at the origins known by the
-- date by more than one standard error of the difference. Else the champion of all serves every segment.
with champions as (
    select * from {{ ref('champions') }}
),

segments as (
    select distinct
        valuation_date,
        segment
    from {{ ref('segments') }}
),

segment_choices as (
    select * from {{ ref('int_segment_choices') }}
),

origin_errors as (
    select
        valuation_date,
        origin_date,
        cast(
            sqrt({{ ratio('sum(squared_error_value)', 'sum(cost_value)') }})
            - sqrt({{ ratio('sum(champion_squared_error_value)', 'sum(cost_value)') }})
            as decimal(18, 9)
        ) as error_difference
    from segment_choices
    group by valuation_date, origin_date
),

verdicts as (
    select
        valuation_date,
        count(*) as origins,
        avg(error_difference) as error_difference,
        round(stddev_samp(error_difference) / sqrt(count(*)), 9) as difference_standard_error
    from origin_errors
    group by valuation_date
),

-- The same at every known origin.
best_models as (
    select
        valuation_date,
        segment,
        max(best_model) as model
    from segment_choices
    group by valuation_date, segment
),

judged as (
    select
        champions.valuation_date,
        segments.segment,
        champions.trained_on,
        champions.model as champion,
        best_models.model as best_model,
        coalesce(verdicts.origins, 0) as origins,
        verdicts.error_difference,
        verdicts.difference_standard_error,
        coalesce(
            verdicts.origins >= {{ least_origins() }}
            and verdicts.error_difference < -verdicts.difference_standard_error,
            false
        ) as is_by_segment
    from champions
    inner join segments on champions.valuation_date = segments.valuation_date
    left join verdicts on champions.valuation_date = verdicts.valuation_date
    left join best_models
        on champions.valuation_date = best_models.valuation_date and segments.segment = best_models.segment
),

segment_champions as (
    select
        valuation_date,
        segment,
        trained_on,
        case when is_by_segment then coalesce(best_model, champion) else champion end as model,
        is_by_segment,
        origins,
        error_difference,
        difference_standard_error,
        case
            when origins < {{ least_origins() }} then 'champion of all: fewer than three origins had a known outcome'
            when not is_by_segment then 'champion of all: choosing by segment did not win by more than a standard error'
            when best_model is null then 'champion of all: the segment had no stock at the known origins'
            else 'lowest mean error in the segment: choosing by segment won'
        end as reason
    from judged
)

select * from segment_champions
