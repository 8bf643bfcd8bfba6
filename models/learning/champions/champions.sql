with target_champions as (
    select * from {{ ref('target_champions') }}
),

champions as (
    select
        valuation_date,
        trained_on,
        model,
        origins,
        'loss_rate_rmse' as metric,
        mean_error,
        best_error,
        difference_standard_error,
        chosen_by,
        reason
    from target_champions
    where target = 'loss_rate'
)

select * from champions
