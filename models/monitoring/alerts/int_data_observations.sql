-- What is odd about the data, the features and the stock: each has a limit in the seed. What the data lack is known of
-- the data as they are; of all else each month end says what was so then.
with latest as (
    select valuation_date from {{ ref('valuation_dates') }}
    where is_latest
),

data_readiness as (
    select * from {{ ref('data_readiness') }}
),

position_findings as (
    select * from {{ ref('position_findings') }}
),

feature_drift as (
    select * from {{ ref('feature_drift') }}
    where is_important
),

feature_catalogue as (
    select * from {{ ref('feature_catalogue') }}
),

shifts as (
    select * from {{ ref('shifts') }}
),

data_checks as (
    select
        'data_insufficient' as check_name,
        data_readiness.check_name as subject,
        latest.valuation_date,
        case when data_readiness.status = 'insufficient' then 1.0 else 0.0 end as value,
        data_readiness.explanation as detail
    from data_readiness
    cross join latest
),

findings as (
    select
        'position_findings' as check_name,
        finding as subject,
        valuation_date,
        count(*) as value,
        null as detail
    from position_findings
    group by finding, valuation_date
),

-- Features that hardly count may drift: no alert for less than a twentieth of a model's fit.
drifts as (
    select
        'feature_drift' as check_name,
        feature_drift.feature as subject,
        feature_drift.valuation_date,
        feature_drift.population_stability_index as value,
        feature_catalogue.definition as detail
    from feature_drift
    left join feature_catalogue on feature_drift.feature = feature_catalogue.feature
),

group_shifts as (
    select
        'shift' as check_name,
        concat(
            case measure
                when 'demand' then 'demand for '
                when 'price' then 'prices in '
                when 'sales_mix' then 'share of sales of '
                else 'share of the stock of '
            end,
            dimension, ' ', member,
            case
                when measure in ('demand', 'price') then case when distance < 0 then ' under' else ' over' end
                else case when distance < 0 then ' less than' else ' more than' end
            end,
            case when measure in ('demand', 'price') then ' the forecast' else ' a year before' end
        ) as subject,
        valuation_date,
        strength as value,
        concat(
            {{ signed_percent('deviation_rate') }}, ' against what was expected, outside the usual range of ',
            {{ signed_percent('lower_rate') }}, ' to ', {{ signed_percent('upper_rate') }},
            ' since ', outside_since
        ) as detail
    from shifts
    where is_outside
),

data_observations as (
    {% for relation in ['data_checks', 'findings', 'drifts', 'group_shifts'] -%}
    select
        check_name,
        subject,
        valuation_date as known_on,
        valuation_date,
        cast(value as double) as value,
        detail
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from data_observations
