-- A champion stays while it is within one standard error of the best: another one that is no better by what is known
-- would move the reserves and tell nothing. Else the simplest model within one standard error of the best takes its
-- place. The seed's default is the first to stay, and serves before three origins are known.
with recursive judged_models as (
    select
        *,
        dense_rank() over (order by valuation_date nulls last) as date_number
    from {{ ref('int_judged_models') }}
),

defaults as (
    select max(model) as model from {{ ref('candidate_models') }}
    where is_default
),

first_choices as (
    select * from judged_models
    where place = 1
),

chosen as (
    select
        cast(0 as bigint) as date_number,
        model,
        false as has_stayed
    from defaults
    union all
    select
        first_choices.date_number,
        coalesce(incumbents.model, first_choices.model) as model,
        incumbents.model is not null as has_stayed
    from chosen
    inner join first_choices on chosen.date_number + 1 = first_choices.date_number
    left join judged_models as incumbents
        on
            first_choices.date_number = incumbents.date_number
            and chosen.model = incumbents.model
            and incumbents.is_within_error
),

champions as (
    select
        judged_models.valuation_date,
        judged_models.trained_on,
        judged_models.model,
        coalesce(judged_models.origins, 0) as origins,
        'loss_rate_rmse' as metric,
        judged_models.mean_error,
        judged_models.best_error,
        judged_models.difference_standard_error,
        'rule' as chosen_by,
        case
            when judged_models.origins is null
                then 'default of the seed: fewer than three origins had a known outcome'
            when judged_models.mean_error = judged_models.best_error then 'lowest mean error over the known origins'
            when chosen.has_stayed then 'stays: within one standard error of the lowest mean error'
            else 'simplest within one standard error of the lowest mean error'
        end as reason
    from judged_models
    inner join chosen on judged_models.date_number = chosen.date_number and judged_models.model = chosen.model
)

select * from champions
