with count_variances as (
    select * from {{ ref('count_variances') }}
),

count_accuracy as (
    select
        category,
        location_id,
        cast(count(*) as bigint) as counts,
        cast(count(case when is_within_tolerance then 1 end) as bigint) as counts_within_tolerance,
        {{ ratio('count(case when is_within_tolerance then 1 end)', 'count(*)') }} as accuracy_rate,
        cast(coalesce(sum(variance_value), 0) as {{ money_total_type() }}) as variance_value,
        cast(coalesce(sum(abs(variance_value)), 0) as {{ money_total_type() }}) as absolute_variance_value,
        -- What one count leaves open the next one finds again: only the latest is still open.
        cast(coalesce(sum(case when is_latest_count then open_variance_value end), 0) as {{ money_total_type() }})
            as open_variance_value
    from count_variances
    group by category, location_id
)

select * from count_accuracy
