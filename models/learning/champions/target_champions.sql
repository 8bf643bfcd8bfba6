-- At each date the simplest model within one standard error of the best, judged only by origins whose outcome
-- was known by then; before three are, the seed's default. The standard error is that of the difference to the
-- best, origin by origin: what makes an origin hard for all says nothing about which model is better.
with scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

target_errors as (
    select * from {{ ref('int_target_errors') }}
),

candidates as (
    select * from {{ ref('candidate_models') }}
),

known_errors as (
    select
        scoring_dates.valuation_date,
        target_errors.origin_date,
        target_errors.target,
        target_errors.model,
        target_errors.metric,
        cast(avg(target_errors.error) as decimal(18, 9)) as error
    from scoring_dates
    inner join target_errors on scoring_dates.valuation_date >= target_errors.known_on
    inner join candidates
        on target_errors.target = candidates.target and target_errors.model = candidates.model
    group by
        scoring_dates.valuation_date,
        target_errors.origin_date,
        target_errors.target,
        target_errors.model,
        target_errors.metric
),

mean_errors as (
    select
        valuation_date,
        target,
        model,
        avg(error) as mean_error
    from known_errors
    group by valuation_date, target, model
),

best_models as (
    select
        *,
        row_number() over (
            partition by valuation_date, target order by mean_error nulls last, model nulls last
        ) as place
    from mean_errors
),

paired_errors as (
    select
        known_errors.*,
        best_models.mean_error as best_error,
        known_errors.error - best_errors.error as error_difference
    from known_errors
    inner join best_models
        on
            known_errors.valuation_date = best_models.valuation_date
            and known_errors.target = best_models.target
            and best_models.place = 1
    inner join known_errors as best_errors
        on
            known_errors.valuation_date = best_errors.valuation_date
            and known_errors.origin_date = best_errors.origin_date
            and known_errors.target = best_errors.target
            and best_models.model = best_errors.model
),

ranked as (
    select
        valuation_date,
        target,
        model,
        metric,
        count(*) as origins,
        avg(error) as mean_error,
        max(best_error) as best_error,
        round(coalesce(stddev_samp(error_difference), 0) / sqrt(count(*)), 9) as difference_standard_error
    from paired_errors
    group by valuation_date, target, model, metric
    having count(*) >= {{ least_origins() }}
),

chosen as (
    select
        scoring_dates.valuation_date,
        scoring_dates.trained_on,
        candidates.target,
        candidates.model,
        ranked.metric,
        ranked.origins,
        ranked.mean_error,
        ranked.best_error,
        ranked.difference_standard_error,
        row_number() over (
            partition by scoring_dates.valuation_date, candidates.target
            order by
                case
                    when ranked.mean_error - ranked.best_error <= ranked.difference_standard_error then 0 else 1
                end nulls last,
                case when ranked.model is null and candidates.is_default then 0 else 1 end nulls last,
                candidates.complexity nulls last
        ) as place
    from scoring_dates
    cross join candidates
    left join ranked
        on
            scoring_dates.valuation_date = ranked.valuation_date
            and candidates.target = ranked.target
            and candidates.model = ranked.model
),

target_champions as (
    select
        valuation_date,
        target,
        trained_on,
        model,
        coalesce(origins, 0) as origins,
        metric,
        mean_error,
        best_error,
        difference_standard_error,
        'rule' as chosen_by,
        case
            when origins is null then 'default of the seed: fewer than three origins had a known outcome'
            when mean_error = best_error then 'lowest mean error over the known origins'
            else 'simplest within one standard error of the lowest mean error'
        end as reason
    from chosen
    where place = 1
)

select * from target_champions
