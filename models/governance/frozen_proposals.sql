-- What was proposed stands here for good; a later proposal of the same position and period has the next number. Stock
-- that an open period no longer has by later facts is proposed nothing for.
with proposals as (
    select * from {{ ref('int_proposals') }}
),

vanished_proposals as (
    select compared.*, as_of.as_of_date
    from {{ ref('int_compared_proposals') }} as compared
    cross join (select max(last_month_end) as as_of_date from {{ ref('valuation_dates') }}) as as_of
    where not compared.is_present and not compared.is_closed
),

all_proposals as (
    select
        item_id,
        location_id,
        period_end,
        proposal_number,
        cause,
        method,
        model,
        run_id,
        quantity,
        cost_value,
        proposed_amount,
        proposal_hash,
        policy_hash,
        proposed_as_of
    from proposals
    union all
    select
        item_id,
        location_id,
        period_end,
        standing_number + 1 as proposal_number,
        cause,
        standing_method as method,
        standing_model as model,
        cast(null as string) as run_id,
        cast(0 as {{ quantity_type() }}) as quantity,
        cast(0 as {{ money_type() }}) as cost_value,
        cast(0 as {{ money_type() }}) as proposed_amount,
        cast(null as string) as proposal_hash,
        standing_policy_hash as policy_hash,
        as_of_date as proposed_as_of
    from vanished_proposals
),

frozen_proposals as (
    select
        {{ source_name() }} as source_name,
        all_proposals.*,
        '{{ invocation_id }}' as written_by_build
    from all_proposals
    {% if is_incremental() -%}
    left join {{ this }} as frozen
        on
            frozen.source_name = {{ source_name() }}
            and all_proposals.item_id = frozen.item_id
            and all_proposals.location_id = frozen.location_id
            and all_proposals.period_end = frozen.period_end
            and all_proposals.proposal_number = frozen.proposal_number
    where frozen.item_id is null
    {%- endif %}
)

select * from frozen_proposals
