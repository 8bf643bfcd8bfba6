-- A proposal is explained by what made it: a rule by its buckets, a model by its reasons. The last line closes the gap
-- to the proposal, so that the lines sum to it exactly.
with proposals as (
    select proposals.*
    from {{ ref('int_proposals') }} as proposals
    inner join {{ ref('valuation_dates') }} as dates on proposals.period_end = dates.valuation_date
    inner join (select max(month_number) as month_number from {{ ref('valuation_dates') }}) as latest
        on dates.month_number >= latest.month_number - 1
),

rules as (
    select distinct model from {{ ref('int_rule_reasons') }}
),

told as (
    select
        item_id,
        location_id,
        period_end,
        model,
        bucket as line_no,
        'rule' as told_by,
        model as reference,
        reason,
        amount
    from {{ ref('int_rule_reasons') }}
    union all
    select
        drivers.item_id,
        drivers.location_id,
        drivers.valuation_date as period_end,
        cast(null as string) as model,
        drivers.driver_rank + 1 as line_no,
        'model' as told_by,
        drivers.feature as reference,
        drivers.reason,
        drivers.driver_amount as amount
    from {{ ref('reserve_drivers') }} as drivers
    where drivers.driver_amount <> 0
),

explained as (
    select
        proposals.item_id,
        proposals.location_id,
        proposals.period_end,
        cast(told.line_no as bigint) as line_no,
        told.told_by,
        told.reference,
        told.reason,
        cast(told.amount as {{ money_type() }}) as amount
    from proposals
    left join rules on proposals.model = rules.model
    inner join told
        on
            proposals.item_id = told.item_id
            and proposals.location_id = told.location_id
            and proposals.period_end = told.period_end
            and coalesce(rules.model, '') = coalesce(told.model, '')
),

sums as (
    select
        item_id,
        location_id,
        period_end,
        max(line_no) as last_line,
        sum(amount) as amount
    from explained
    group by item_id, location_id, period_end
),

closing_lines as (
    select
        proposals.item_id,
        proposals.location_id,
        proposals.period_end,
        coalesce(sums.last_line, 0) + 1 as line_no,
        'closing line' as told_by,
        proposals.model as reference,
        case
            when sums.last_line is null then 'Reserve by ' || proposals.model
            when proposals.present_amount <> proposals.proposed_amount
                then 'Proposed as of ' || proposals.proposed_as_of || ' and kept since; the present estimate would be '
                    || {{ plain_number('proposals.present_amount') }}
            else 'Limits and rounding'
        end as reason,
        cast(proposals.proposed_amount - coalesce(sums.amount, 0) as {{ money_type() }}) as amount
    from proposals
    left join sums
        on
            proposals.item_id = sums.item_id
            and proposals.location_id = sums.location_id
            and proposals.period_end = sums.period_end
    where proposals.proposed_amount <> coalesce(sums.amount, 0)
),

all_lines as (
    select * from explained
    union all
    select * from closing_lines
),

-- What sets a position apart: the usual loss of all stock and rounding do not.
proposal_reasons as (
    select
        *,
        case
            when reference not in ('baseline', 'other') and reason <> 'Limits and rounding'
                then row_number() over (
                    partition by
                        item_id, location_id, period_end,
                        reference in ('baseline', 'other') or reason = 'Limits and rounding'
                    order by abs(amount) desc nulls last, line_no asc nulls last
                )
        end as reason_rank
    from all_lines
)

select * from proposal_reasons
