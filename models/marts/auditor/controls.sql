-- The controls over the reserve, how many cases each checked and how many exceptions it found. Both sides of each come
-- by paths of their own: see docs/books.md.
with explained as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(case when feature = 'other' then driver_amount else 0 end) as closing_amount,
        sum(driver_amount) as reserve_amount,
        sum(sum(driver_amount)) over (partition by valuation_date) as total_amount
    from {{ ref('reserve_drivers') }}
    group by item_id, location_id, valuation_date
),

counted as (
    select
        'books and subledgers tie' as control_name,
        'Two sides built from different relations agree to the last unit (AS 2201, ISA 330).' as purpose,
        count(*) as checked_count,
        sum(case when is_tied then 0 else 1 end) as exception_count
    from {{ ref('tie_outs') }}
    union all
    select
        'the log is as it was written',
        'Every entry follows by hash from the one before, and it holds the last hash that each closed period kept.',
        sum(entry_count),
        sum(case when first_broken_entry is null then 0 else 1 end + lost_hash_count)
    from {{ ref('log_integrity') }}
    union all
    select
        'nothing is booked without a decision',
        'Every journal line that raises or reverses a reserve has a decision in the books, or is routine.',
        count(*),
        sum(case
            when reserves.decided_by is null and coalesce(reserves.decision_status, '') <> 'booked automatically' then 1
            else 0
        end)
    from {{ ref('journal_lines') }} as lines
    left join {{ ref('reserves') }} as reserves
        on
            lines.item_id = reserves.item_id
            and lines.location_id = reserves.location_id
            and lines.period_end = reserves.period_end
            and lines.framework = reserves.framework
    where lines.entry_kind in ('addition', 'reversal')
    union all
    select
        'four eyes',
        'Nobody approved what they had asked for themselves, by the names on the rows that were delivered.',
        count(*),
        sum(
            case
                when {{ bare_name('decisions.approver') }} <> {{ bare_name('requests.requested_by') }} then 0
                else 1
            end
        )
    from {{ ref('overrides') }} as overrides
    left join {{ ref('stg_reserve_approvals') }} as decisions on overrides.approval_id = decisions.approval_id
    left join {{ ref('stg_reserve_overrides') }} as requests on overrides.override_id = requests.override_id
    where overrides.override_status = 'applied'
    union all
    select
        'every request and decision is listed',
        'Each that was delivered stands in the list of its kind, with what became of it.',
        count(*),
        sum(case when listed.delivered_id is null then 1 else 0 end)
    from (
        select distinct 'request' as kind, override_id as delivered_id from {{ ref('stg_reserve_overrides') }}
        union all
        select distinct 'decision' as kind, approval_id as delivered_id from {{ ref('stg_reserve_approvals') }}
    ) as delivered
    left join (
        select 'request' as kind, override_id as delivered_id from {{ ref('overrides') }}
        where override_status is not null
        union all
        select distinct 'decision' as kind, approval_id as delivered_id from {{ ref('approvals') }}
        where approval_status is not null
    ) as listed on delivered.kind = listed.kind and delivered.delivered_id = listed.delivered_id
    union all
    select
        'reasons explain the reserve',
        'What reasons leave over is under a tenth of the reserve, where that is a ten-thousandth of the total or more.',
        count(*),
        sum(case when 10 * abs(closing_amount) > reserve_amount then 1 else 0 end)
    from explained
    where 10000 * reserve_amount >= total_amount
    union all
    select
        'every input row has one fate',
        'Rows in are rows used, merged, set aside or quarantined, by table.',
        count(*),
        sum(case when rows_in = rows_used + rows_merged + rows_quarantined + rows_set_aside then 0 else 1 end)
    from {{ ref('row_reconciliation') }}
),

controls as (
    select
        control_name,
        purpose,
        cast(checked_count as bigint) as checked_count,
        cast(coalesce(exception_count, 0) as bigint) as exception_count,
        coalesce(exception_count, 0) = 0 as is_effective
    from counted
)

select * from controls
