with frozen_baselines as (
    select * from {{ ref('frozen_baselines') }}
),

present_process_baselines as (
    select
        valuation_date,
        method,
        metric,
        value,
        positions,
        policy_version,
        frozen_as_of_date
    from frozen_baselines
    where
        source_name = {{ source_name() }}
        and costing_method = '{{ costing_process() }}'
        and horizon_months = {{ var('horizon_months') }}
)

select * from present_process_baselines
