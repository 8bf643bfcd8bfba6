-- A sum of hashes does not tell the order, but every row's number is in its hash.
with movements as (
    select * from {{ ref('movements') }}
),

period_prints as (
    select
        item_id,
        case
            {%- for date in continuable_dates() + ['9999-12-31'] %}
            when posted_on <= cast('{{ date }}' as date) then cast('{{ date }}' as date)
            {%- endfor %}
        end as period_end,
        count(*) as movement_count,
        sum({{ row_hash([
            'movement_number', 'movement_type', 'location_id', 'posted_on', 'received_on', 'quantity_change',
            'cost_amount', 'linked_movement_number',
        ]) }}) as fingerprint
    from movements
    group by item_id, period_end
),

ledger_fingerprints as (
    select
        item_id,
        period_end,
        coalesce(lead(period_end) over item_history, cast('9999-12-31' as date)) as next_period_end,
        cast(sum(movement_count) over item_history as bigint) as movement_count,
        cast(sum(fingerprint) over item_history as decimal(38, 0)) as fingerprint
    from period_prints
    window item_history as (partition by item_id order by period_end nulls last)
)

select * from ledger_fingerprints
