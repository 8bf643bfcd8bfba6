-- Write-down: debit inventory write-downs (cost of sales), credit inventory reserve.
-- Relief by sale: debit inventory reserve, credit cost of sales. By scrap: debit inventory reserve, credit inventory
-- scrapped. Reversal (IAS 2.34, ASC 270-10-45-6): debit inventory reserve, credit inventory write-downs.
-- Transfer: the reserve account of the sender is debited, that of the receiver credited.
-- Commitment loss (ASC 330-10-35-17, IAS 37.66): debit losses on purchase commitments, credit their accrual.
{%- set kinds = [
    ('addition', 'reserve_rollforward', 'addition_amount'),
    ('relieved_by_sale', 'reserve_rollforward', 'relieved_by_sale_amount'),
    ('relieved_by_scrap', 'reserve_rollforward', 'relieved_by_scrap_amount'),
    ('reversal', 'reserve_rollforward', 'reversal_amount'),
    ('commitment_addition', 'commitment_rollforward', 'addition_amount'),
    ('commitment_release', 'commitment_rollforward', 'released_amount'),
] %}
with period_states as (
    select * from {{ ref('int_period_states') }}
    where not is_closed
),

items as (
    select * from {{ ref('items') }}
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
),

commitment_rollforward as (
    select * from {{ ref('commitment_rollforward') }}
),

sides as (
    select 'debit' as side
    union all
    select 'credit' as side
),

changes as (
    {% for kind, relation, amount in kinds -%}
    select
        item_id,
        location_id,
        period_end,
        framework,
        '{{ kind }}' as entry_kind,
        sides.side,
        {{ amount }} as amount
    from {{ relation }}
    cross join sides
    where {{ amount }} <> 0
    union all
    {% endfor -%}
    select
        item_id,
        location_id,
        period_end,
        framework,
        'transferred' as entry_kind,
        case when transferred_amount < 0 then 'debit' else 'credit' end as side,
        abs(transferred_amount) as amount
    from reserve_rollforward
    where transferred_amount <> 0
),

entries as (
    select
        changes.*,
        coalesce(items.category, 'uncategorised') as category
    from changes
    inner join period_states on changes.period_end = period_states.period_end
    left join items on changes.item_id = items.item_id
)

select * from entries
