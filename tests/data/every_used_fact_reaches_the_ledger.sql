-- Quantities of the usable documents up to the as-of date against the ledger, by movement type.
with as_of as (
    select max(valuation_date) as as_of_date from {{ ref('valuation_dates') }}
),

documents as (
    select
        'receipt' as movement_type,
        sum(quantity) as quantity
    from {{ ref('stg_receipts') }}
    cross join as_of
    where greatest(cast(received_at as date), cast(known_at as date)) <= as_of.as_of_date
    union all
    select
        'sale' as movement_type,
        -sum(quantity) as quantity
    from {{ ref('stg_sales') }}
    cross join as_of
    where greatest(cast(sold_at as date), cast(known_at as date)) <= as_of.as_of_date
    union all
    select
        'customer_return' as movement_type,
        sum(quantity) as quantity
    from {{ ref('stg_customer_returns') }}
    cross join as_of
    where greatest(cast(returned_at as date), cast(known_at as date)) <= as_of.as_of_date
),

ledger as (
    select
        movement_type,
        sum(quantity_change) as quantity
    from {{ ref('movements') }}
    group by movement_type
)

select
    documents.movement_type,
    documents.quantity - coalesce(ledger.quantity, 0) as quantity_missing
from documents
left join ledger on documents.movement_type = ledger.movement_type
where coalesce(documents.quantity, 0) <> coalesce(ledger.quantity, 0)
