-- What the proposed amount is made of, of a closed period as it was closed. The lines sum to it.
with reserve_reasons as (
    select * from {{ ref('reserve_reasons') }}
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
    from reserve_reasons
)

select * from trace_reasons
