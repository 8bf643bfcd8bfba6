-- Only what is missed adds up by the groups' losses: a group without loss has no share of it, and misses nothing, but
-- may have a reserve.
with model_accuracy as (
    select * from monitoring.model_accuracy
    where metric in ('unexpected_rate', 'equal_reserve_unexpected')
),

group_sums as (
    select
        valuation_date,
        method,
        metric,
        dimension,
        sum(value * realised_loss) / nullif(sum(realised_loss), 0) as value
    from monitoring.model_accuracy_by_group
    group by valuation_date, method, metric, dimension
)

select
    model_accuracy.*,
    group_sums.dimension,
    group_sums.value as value_of_groups
from model_accuracy
left join group_sums
    on
        model_accuracy.valuation_date = group_sums.valuation_date
        and model_accuracy.method = group_sums.method
        and model_accuracy.metric = group_sums.metric
where group_sums.value is null or abs(model_accuracy.value - group_sums.value) > 1e-6
