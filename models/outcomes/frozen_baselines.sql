-- What once stands here is never computed again, and training_windows waits for it, so that nothing is trained before
-- its bar is laid. Another company, costing method, cost pool or horizon is another process, with its own baselines.
with present_process_metrics as (
    select * from {{ ref('int_present_process_metrics') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

as_of as (
    select max(last_month_end) as as_of_date from valuation_dates
),

policy as (
    select
        {{ sha256_hex(joined_in_order(
            "concat_ws('/', bucket, from_days, coalesce(cast(to_days as string), ''), reserve_rate, '')"
        )) }} as policy_version
    from ageing_policy
),

measured as (
    select
        {{ source_name() }} as source_name,
        '{{ costing_process() }}' as costing_method,
        cast({{ var('horizon_months') }} as bigint) as horizon_months,
        present_process_metrics.valuation_date,
        present_process_metrics.method,
        present_process_metrics.metric,
        present_process_metrics.value,
        cast(present_process_metrics.positions as bigint) as positions,
        policy.policy_version,
        as_of.as_of_date as frozen_as_of_date,
        '{{ invocation_id }}' as written_by_build
    from present_process_metrics
    cross join policy
    cross join as_of
),

newly_frozen as (
    select measured.*
    from measured
    {% if is_incremental() -%}
    left join (
        select distinct
            source_name,
            costing_method,
            horizon_months,
            valuation_date
        from {{ this }}
    ) as frozen
        on
            measured.source_name = frozen.source_name
            and measured.costing_method = frozen.costing_method
            and measured.horizon_months = frozen.horizon_months
            and measured.valuation_date = frozen.valuation_date
    where frozen.valuation_date is null
    {%- endif %}
)

select * from newly_frozen
