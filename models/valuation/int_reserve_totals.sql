{{ config(meta={'known_by': none}) }}

{#- What the champion reserves in total, for the company and for the groups in which reserves are summed up. -#}
{%- set dimensions = {
    'company': "'all'", 'category': 'items.category', 'brand': 'items.brand', 'supplier': 'items.supplier_id',
    'location': 'reserve_estimates.location_id',
} -%}
with reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

realised_outcomes as (
    select * from {{ ref('realised_outcomes') }}
    where is_scored
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

items as (
    select * from {{ ref('items') }}
),

reserves_with_losses as (
    select
        {%- for dimension, member in dimensions.items() %}
        coalesce({{ member }}, 'unknown') as {{ dimension }}_member,
        {%- endfor %}
        reserve_estimates.valuation_date,
        reserve_estimates.cost_value,
        reserve_estimates.reserve_amount,
        realised_outcomes.realised_loss
    from reserve_estimates
    inner join items on reserve_estimates.item_id = items.item_id
    left join realised_outcomes
        on
            reserve_estimates.item_id = realised_outcomes.item_id
            and reserve_estimates.location_id = realised_outcomes.location_id
            and reserve_estimates.valuation_date = realised_outcomes.valuation_date
),

sums as (
    {% for dimension in dimensions -%}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }}_member as member,
        valuation_date,
        sum(cost_value) as cost_value,
        sum(reserve_amount) as reserve_amount,
        sum(case when realised_loss is not null then cost_value end) as scored_cost,
        sum(case when realised_loss is not null then reserve_amount end) as scored_reserve,
        sum(realised_loss) as scored_loss,
        case when count(realised_loss) = count(*) then sum(realised_loss) end as realised_loss
    from reserves_with_losses
    group by {{ dimension }}_member, valuation_date
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- What is under a hundredth of the cost counts as that: of nothing there is no ratio. A total errs as those of its
-- positions do that are scored together. Errors are decimals, so that sums of them are the same in any order.
reserve_totals as (
    select
        sums.dimension,
        sums.member,
        sums.valuation_date,
        valuation_dates.month_number,
        valuation_dates.horizon_months,
        cast(sums.cost_value as {{ money_total_type() }}) as cost_value,
        cast(sums.reserve_amount as {{ money_total_type() }}) as reserve_amount,
        cast(sums.realised_loss as {{ money_total_type() }}) as realised_loss,
        cast(
            ln(nullif(cast(greatest(sums.scored_loss, 0.01 * sums.scored_cost) as double), 0))
            - ln(nullif(cast(greatest(sums.scored_reserve, 0.01 * sums.scored_cost) as double), 0)) as decimal(18, 9)
        ) as log_error
    from sums
    inner join valuation_dates on sums.valuation_date = valuation_dates.valuation_date
    where sums.cost_value > 0
)

select * from reserve_totals
