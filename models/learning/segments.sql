-- Names that people use, by rules they can check; the first that holds is the segment. The value class is
-- by cumulated share of stock value: A to 80 %, B to 95 %.
with position_features as (
    select * from {{ ref('position_features') }}
),

valued as (
    select
        *,
        sum(cost_value) over (
            partition by valuation_date
            order by cost_value desc nulls last, item_id asc nulls last, location_id asc nulls last
            rows between unbounded preceding and current row
        ) / nullif(sum(cost_value) over (partition by valuation_date), 0) as cumulated_share
    from position_features
),

segments as (
    select
        item_id,
        location_id,
        valuation_date,
        case
            when coalesce(days_since_first_receipt, 0) <= 90 then 'new'
            when coalesce(demand_quantity_6, 0) <= 0 then 'dead'
            when demand_change_6 <= -0.5 then 'declining'
            when months_with_sales_12 <= 4 then 'intermittent'
            when largest_month_share_12 >= 0.4 then 'seasonal'
            when coverage_months_6 <= 3 then 'fast'
            else 'steady'
        end as segment,
        case
            when cumulated_share <= 0.80 then 'A'
            when cumulated_share <= 0.95 then 'B'
            else 'C'
        end as value_class
    from valued
)

select * from segments
