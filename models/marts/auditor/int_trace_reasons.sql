-- What the proposed amount is made of. The lines sum to it: to what was proposed when the period was closed, if it is.
with reserves as (
    select * from {{ ref('reserves') }}
    where framework = '{{ var("accounting_framework") }}'
),

proposal_reasons as (
    select * from {{ ref('proposal_reasons') }}
),

sums as (
    select
        item_id,
        location_id,
        period_end,
        max(line_no) as last_line,
        sum(amount) as amount
    from proposal_reasons
    group by item_id, location_id, period_end
),

trace_reasons as (
    select
        item_id,
        location_id,
        period_end,
        'driver' as step,
        line_no,
        reference,
        reason as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        amount
    from proposal_reasons
    union all
    select
        reserves.item_id,
        reserves.location_id,
        reserves.period_end,
        'driver' as step,
        coalesce(sums.last_line, 0) + 1 as line_no,
        reserves.run_id as reference,
        case
            when sums.last_line is null then 'The whole proposal: its reasons are kept for the two newest periods'
            else 'As it was proposed when the period was closed'
        end as evidence,
        cast(null as {{ quantity_type() }}) as quantity,
        cast(reserves.proposed_amount - coalesce(sums.amount, 0) as {{ money_type() }}) as amount
    from reserves
    left join sums
        on
            reserves.item_id = sums.item_id
            and reserves.location_id = sums.location_id
            and reserves.period_end = sums.period_end
    where reserves.proposed_amount <> coalesce(sums.amount, 0)
)

select * from trace_reasons
