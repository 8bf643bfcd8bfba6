with market_signals as (
    select * from {{ ref('stg_market_signals') }}
),

-- A revised value takes the earlier one's place only from the day it was published.
signals as (
    select
        signal,
        coalesce(series, signal) as series,
        entity_type,
        coalesce(entity_id, entity_type) as entity_id,
        observed_on,
        cast(coalesce(published_at, cast(observed_on as timestamp)) as date) as known_on,
        max(value) as value
    from market_signals
    group by signal, series, entity_type, entity_id, observed_on, published_at
)

select * from signals
