-- What ordering is judged by. Of the policy's rows the most particular holds: category tells more than segment.
with items as (
    select * from {{ ref('items') }}
),

segments as (
    select distinct segment from {{ ref('segments') }}
),

categories as (
    select distinct category from items
),

reorder_policy as (
    select * from {{ ref('reorder_policy') }}
),

liquidation_policy as (
    select * from {{ ref('liquidation_policy') }}
),

rows_that_fit as (
    select
        categories.category,
        segments.segment,
        reorder_policy.service_level,
        reorder_policy.lost_margin_multiple,
        reorder_policy.review_days,
        reorder_policy.order_cost,
        reorder_policy.lead_time_days,
        row_number() over (
            partition by categories.category, segments.segment
            order by
                case when reorder_policy.category = '*' then 1 else 0 end nulls last,
                case when reorder_policy.segment = '*' then 1 else 0 end nulls last
        ) as choice
    from categories
    cross join segments
    inner join reorder_policy
        on
            reorder_policy.category in (categories.category, '*')
            and reorder_policy.segment in (segments.segment, '*')
),

reorder_terms as (
    select
        rows_that_fit.category,
        rows_that_fit.segment,
        rows_that_fit.service_level,
        rows_that_fit.lost_margin_multiple,
        rows_that_fit.review_days,
        rows_that_fit.order_cost,
        rows_that_fit.lead_time_days,
        coalesce(own.capital_cost_rate, common.capital_cost_rate)
        + coalesce(own.storage_cost_rate, common.storage_cost_rate) as holding_cost_rate
    from rows_that_fit
    left join liquidation_policy as own on rows_that_fit.category = own.category
    left join liquidation_policy as common on common.category = '*'
    where rows_that_fit.choice = 1
)

select * from reorder_terms
