with demand_errors as (
    select * from {{ ref('int_demand_errors') }}
),

forecast_errors as (
    select * from {{ ref('int_expected_demand_errors') }}
),

{{ demand_accuracy() }},

all_accuracies as (
    select * from demand_accuracy
    union all
    select * from demand_errors
)

select * from all_accuracies
