{{ config(materialized='view') }}

-- What predictions say (`champion`) beside two rules of thumb: the longer unsold, or the longer the cover, the likelier
-- obsolete. A rule ranks, and gives no probability.
with scores as (
    select * from {{ ref('int_scores') }}
    where target = 'obsolescence'
),

scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

position_features as (
    select * from {{ ref('position_features') }}
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

all_scores as (
    select
        item_id,
        location_id,
        valuation_date,
        'champion' as method,
        prediction as score,
        prediction as probability
    from scores
    {%- for rule, measure in {'recency': 'days_since_last_sale', 'coverage': 'coverage_months_6'}.items() %}
    union all
    select
        position_features.item_id,
        position_features.location_id,
        position_features.valuation_date,
        'obsolescence_{{ rule }}' as method,
        coalesce(position_features.{{ measure }}, 0) as score,
        null as probability
    from position_features
    inner join scoring_dates on position_features.valuation_date = scoring_dates.valuation_date
    {%- endfor %}
),

obsolescence_scores as (
    select
        all_scores.*,
        realised_outcomes.cost_value,
        case when realised_outcomes.is_obsolete then 1 else 0 end as obsolete
    from all_scores
    inner join realised_outcomes
        on
            all_scores.item_id = realised_outcomes.item_id
            and all_scores.location_id = realised_outcomes.location_id
            and all_scores.valuation_date = realised_outcomes.valuation_date
)

select * from obsolescence_scores
