-- What the controller, the executive and the auditor are shown of a period, each against the books: to the last unit.
{%- set framework = "framework = '" ~ var('accounting_framework') ~ "'" %}
with books as (
    select
        period_end,
        sum(closing_amount) as booked_amount
    from {{ ref('reserve_rollforward') }}
    where {{ framework }}
    group by period_end
),

shown as (
    select 'reserve_review' as mart, period_end, sum(booked_amount) as booked_amount
    from {{ ref('reserve_review') }}
    group by period_end
    union all
    select 'reserve_by_category', period_end, sum(booked_amount)
    from {{ ref('reserve_by_category') }}
    group by period_end
    union all
    select 'portfolio_risk', period_end, booked_amount from {{ ref('portfolio_risk') }}
    union all
    select 'close_status', period_end, booked_amount from {{ ref('close_status') }}
    union all
    select 'layer_drilldown', period_end, sum(booked_amount)
    from {{ ref('layer_drilldown') }}
    group by period_end
    union all
    select 'reserve_concentration by ' || dimension, period_end, sum(booked_amount)
    from {{ ref('reserve_concentration') }}
    group by dimension, period_end
    union all
    select 'rollforward_long, closing', period_end, sum(amount) from {{ ref('rollforward_long') }}
    where component = 'closing'
    group by period_end
    union all
    select 'rollforward_long, steps', period_end, sum(amount) from {{ ref('rollforward_long') }}
    where component <> 'closing'
    group by period_end
)

select
    shown.mart,
    shown.period_end,
    shown.booked_amount as shown_amount,
    books.booked_amount
from shown
left join books on shown.period_end = books.period_end
where shown.booked_amount <> coalesce(books.booked_amount, 0)
