-- At each date the simplest model within one standard error of the best, judged only by origins whose outcome
-- was known by then; before there are any, the seed's default.
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
        model_errors.model,
        count(*) as origins,
        avg(model_errors.loss_rate_rmse) as mean_error,
        coalesce(stddev_samp(model_errors.loss_rate_rmse), 0) / sqrt(count(*)) as standard_error
    from scoring_dates
    inner join valuation_dates on scoring_dates.valuation_date >= valuation_dates.horizon_end_date
    inner join model_errors on valuation_dates.valuation_date = model_errors.valuation_date
    group by scoring_dates.valuation_date, model_errors.model
),

ranked as (
    select
        *,
        min(mean_error) over (partition by valuation_date) as best_error,
        first_value(standard_error) over (
            partition by valuation_date order by mean_error nulls last, model nulls last
        ) as best_standard_error
    from known_errors
),

chosen as (
    select
        scoring_dates.valuation_date,
        scoring_dates.trained_on,
        candidates.model,
        ranked.origins,
        ranked.mean_error,
        ranked.best_error,
        ranked.best_standard_error,
        row_number() over (
            partition by scoring_dates.valuation_date
            order by
                case when ranked.mean_error <= ranked.best_error + ranked.best_standard_error then 0 else 1 end
                nulls last,
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
        best_standard_error,
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
