-- Names that people use, by rules they can check; the first that holds is the segment. The value class is
-- by cumulated share of stock value: A to 80 %, B to 95 %.
with position_features as (
    select * from {{ ref('position_features') }}
),

-- The best month of a short history is always large: a season is seen after a year.
ruled as (
    select
        item_id,
        location_id,
        valuation_date,
        case
            when coalesce(days_since_first_receipt, 0) <= {{ policy_constant('new_stock_days') }} then 'new'
            when coalesce(demand_quantity_6, 0) <= 0 then 'dead'
            when demand_change_6 <= -0.5 then 'declining'
            when months_with_sales_12 <= 4 then 'intermittent'
            when largest_month_share_12 >= 0.4 and history_months >= 12 then 'seasonal'
            when coverage_months_6 <= 3 then 'fast'
            else 'steady'
        end as rule,
        {{ ratio(
            'sum(' ~ rounded_total('cost_value') ~ ') over (partition by valuation_date'
            ~ ' order by cost_value desc nulls last, item_id asc nulls last, location_id asc nulls last'
            ~ ' rows between unbounded preceding and current row)',
            'sum(' ~ rounded_total('cost_value') ~ ') over (partition by valuation_date)'
        ) }} as cumulated_share
    from position_features
),

compared as (
    select
        *,
        lag(rule) over (partition by item_id, location_id order by valuation_date nulls last) as rule_before
    from ruled
),

-- New and dead is stock at once. Between the others a measure near its limit would swing to and fro: there a rule
-- holds once it was the first at two month ends in a row.
held as (
    select
        *,
        case
            when rule in ('new', 'dead') or coalesce(rule_before, 'new') in ('new', 'dead', rule) then rule
        end as held_rule
    from compared
),

spells as (
    select
        *,
        count(held_rule) over (
            partition by item_id, location_id order by valuation_date nulls last
            rows between unbounded preceding and current row
        ) as spell_number
    from held
),

segments as (
    select
        item_id,
        location_id,
        valuation_date,
        max(held_rule) over (partition by item_id, location_id, spell_number) as segment,
        case
            when cumulated_share <= 0.80 then 'A'
            when cumulated_share <= 0.95 then 'B'
            else 'C'
        end as value_class
    from spells
)

select * from segments
