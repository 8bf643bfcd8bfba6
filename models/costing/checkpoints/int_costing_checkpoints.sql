-- depends_on: {{ ref('int_costed_movements') }}, {{ ref('inventory_costs') }}
-- depends_on: {{ ref('cost_layers') }}, {{ ref('inventory_ageing') }}
-- Written when all tables of costs are: a checkpoint says that they can be gone on from.
with ledger_fingerprints as (
    select * from {{ ref('int_ledger_fingerprints') }}
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

-- What older months left in memory is no checkpoint any more, and the next build drops it.
state_dates as (
    select distinct state_date from {{ ref('int_costing_states') }}
    where state_date in (select state_date from {{ ref('int_state_dates') }})
),

costing_checkpoints as (
    select
        ledger_fingerprints.item_id,
        state_dates.state_date,
        ledger_fingerprints.movement_count,
        ledger_fingerprints.fingerprint,
        items.standard_cost,
        (select min(valuation_date) from valuation_dates) as first_valuation_date,
        '{{ costing_version() }}' as costing_version
    from ledger_fingerprints
    inner join state_dates
        on
            ledger_fingerprints.period_end <= state_dates.state_date
            and ledger_fingerprints.next_period_end > state_dates.state_date
    inner join items on ledger_fingerprints.item_id = items.item_id
)

select * from costing_checkpoints
