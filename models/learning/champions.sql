-- At each date the simplest model within one standard error of the best, judged only by origins whose outcome
-- was known by then; before there are any, the seed's default. The standard error is that of the difference to the
-- best, origin by origin: what makes an origin hard for all says nothing about which model is better.
with scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

model_errors as (
    select * from {{ ref('int_model_errors') }}
),

candidates as (
    select * from {{ ref('candidate_models') }}
),

known_errors as (
    select
        scoring_dates.valuation_date,
        valuation_dates.valuation_date as origin_date,
        model_errors.model,
        model_errors.loss_rate_rmse
    from scoring_dates
    inner join valuation_dates on scoring_dates.valuation_date >= valuation_dates.horizon_end_date
    inner join model_errors on valuation_dates.valuation_date = model_errors.valuation_date
    inner join candidates on model_errors.model = candidates.model
),

mean_errors as (
    select
        valuation_date,
        model,
        avg(loss_rate_rmse) as mean_error
    from known_errors
    group by valuation_date, model
),

best_models as (
    select
        *,
        row_number() over (
            partition by valuation_date order by mean_error nulls last, model nulls last
        ) as place
    from mean_errors
),

paired_errors as (
    select
        known_errors.*,
        best_models.mean_error as best_error,
        known_errors.loss_rate_rmse - best_errors.loss_rate_rmse as error_difference
    from known_errors
    inner join best_models
        on known_errors.valuation_date = best_models.valuation_date and best_models.place = 1
    inner join known_errors as best_errors
        on
            known_errors.valuation_date = best_errors.valuation_date
            and known_errors.origin_date = best_errors.origin_date
            and best_models.model = best_errors.model
),

ranked as (
    select
        valuation_date,
        model,
        count(*) as origins,
        avg(loss_rate_rmse) as mean_error,
        max(best_error) as best_error,
        coalesce(stddev_samp(error_difference), 0) / sqrt(count(*)) as difference_standard_error
    from paired_errors
    group by valuation_date, model
),

chosen as (
    select
        scoring_dates.valuation_date,
        scoring_dates.trained_on,
        candidates.model,
        ranked.origins,
        ranked.mean_error,
        ranked.best_error,
        ranked.difference_standard_error,
        row_number() over (
            partition by scoring_dates.valuation_date
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
            and candidates.model = ranked.model
),

champions as (
    select
        valuation_date,
        trained_on,
        model,
        coalesce(origins, 0) as origins,
        'loss_rate_rmse' as metric,
        mean_error,
        best_error,
        difference_standard_error,
        'rule' as chosen_by,
        case
            when origins is null then 'default of the seed: no origin had a known outcome yet'
            when mean_error = best_error then 'lowest mean error over the known origins'
            else 'simplest within one standard error of the lowest mean error'
        end as reason
    from chosen
    where place = 1
)

select * from champions
