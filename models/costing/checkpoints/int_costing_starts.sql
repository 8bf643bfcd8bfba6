-- What is costed anew is no checkpoint any more: should this build break off, the next one must not trust it.
{{ config(post_hook="{{ void_reopened_checkpoints() }}") }}
{% set checkpoints, states = stored_costing('int_costing_checkpoints'), stored_costing('int_costing_states') %}
{% set continues = checkpoints and states and not is_pooled() %}
{% for name in continued_tables() if not stored_costing(name) %}
    {% set continues = false %}
{% endfor %}

with ledger_fingerprints as (
    select * from {{ ref('int_ledger_fingerprints') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

{% if continues -%}
checkpoints as (
    select * from {{ checkpoints }}
),

valid_checkpoints as (
    select checkpoints.*
    from checkpoints
    inner join valuation_dates on checkpoints.state_date = valuation_dates.valuation_date
    where
        checkpoints.costing_version = '{{ costing_version() }}'
        and checkpoints.first_valuation_date = (select min(valuation_date) from valuation_dates)
),

unchanged as (
    select
        valid_checkpoints.item_id,
        max(valid_checkpoints.state_date) as continues_after
    from valid_checkpoints
    inner join ledger_fingerprints
        on
            valid_checkpoints.item_id = ledger_fingerprints.item_id
            and valid_checkpoints.state_date >= ledger_fingerprints.period_end
            and valid_checkpoints.state_date < ledger_fingerprints.next_period_end
            and valid_checkpoints.movement_count = ledger_fingerprints.movement_count
            and valid_checkpoints.fingerprint = ledger_fingerprints.fingerprint
    inner join items on valid_checkpoints.item_id = items.item_id
    where valid_checkpoints.standard_cost is not distinct from items.standard_cost
    group by valid_checkpoints.item_id
),

-- An item that had no movement by the latest checkpoint, then and now, continues from nothing.
first_moved as (
    select
        ledger_fingerprints.item_id,
        latest.state_date as continues_after
    from ledger_fingerprints
    cross join (select max(state_date) as state_date from valid_checkpoints) as latest
    left join checkpoints on ledger_fingerprints.item_id = checkpoints.item_id
    where checkpoints.item_id is null
    group by ledger_fingerprints.item_id, latest.state_date
    having min(ledger_fingerprints.period_end) > latest.state_date
),

continuing as (
    select * from unchanged
    union all
    select * from first_moved
),

known_items as (
    select item_id from ledger_fingerprints
    union distinct
    select item_id from {{ states }}
),
{%- else -%}
continuing as (
    select
        items.item_id,
        max(valuation_dates.valuation_date) as continues_after
    from items
    cross join valuation_dates
    where false
    group by items.item_id
),

known_items as (
    select distinct item_id from ledger_fingerprints
),
{%- endif %}

costing_starts as (
    select
        known_items.item_id,
        continuing.continues_after
    from known_items
    left join continuing on known_items.item_id = continuing.item_id
)

select * from costing_starts
