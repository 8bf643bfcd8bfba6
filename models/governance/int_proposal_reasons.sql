-- A proposal is explained by what made it: a rule by its buckets, a model by its reasons. The last line closes the gap
-- to the proposal, so that the lines sum to it exactly.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

rule_reasons as (
    select * from {{ ref('int_rule_reasons') }}
),

model_proposals as (
    select proposals.*
    from proposals
    left join (select distinct model from rule_reasons) as rules on proposals.model = rules.model
    where rules.model is null
),

explained as (
    select
        item_id,
        location_id,
        period_end,
        bucket as line_no,
        model as reference,
        reason,
        cast(amount as {{ money_type() }}) as amount
    from rule_reasons
    union all
    select
        drivers.item_id,
        drivers.location_id,
        drivers.valuation_date as period_end,
        cast(drivers.driver_rank + 1 as bigint) as line_no,
        drivers.feature as reference,
        drivers.reason,
        cast(drivers.driver_amount as {{ money_type() }}) as amount
    from {{ ref('reserve_drivers') }} as drivers
    inner join model_proposals
        on
            drivers.item_id = model_proposals.item_id
            and drivers.location_id = model_proposals.location_id
            and drivers.valuation_date = model_proposals.period_end
    where drivers.driver_amount <> 0
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

-- What sets a position apart: the usual loss of all stock, weaker reasons in one line, and rounding do not.
all_lines as (
    select
        *,
        reference not in ('baseline', 'rest', 'other') and reason <> 'Limits and rounding' as sets_apart
    from (select * from explained union all select * from closing_lines) as lines
),

proposal_reasons as (
    select
        item_id,
        location_id,
        period_end,
        line_no,
        reference,
        reason,
        amount,
        case
            when sets_apart
                then row_number() over (
                    partition by item_id, location_id, period_end, sets_apart
                    order by abs(amount) desc nulls last, line_no asc nulls last
                )
        end as reason_rank
    from all_lines
)

select * from proposal_reasons
