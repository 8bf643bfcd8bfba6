{%- set replacement_cost = ratio('last_received_value', 'last_received_quantity') -%}
{%- set coming_quantity = 'on_hand_quantity + coalesce(open_orders.open_quantity, 0)' -%}
with position_months as (select * from {{ ref('int_position_months') }}),

stock_features as (select * from {{ ref('stock_features') }}),

open_order_lines as (select * from {{ ref('open_order_lines') }}),

stockout_days as (select * from {{ ref('int_stockout_days') }}),

open_orders as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(open_quantity) as open_quantity,
        sum(case when is_firm then open_quantity else 0 end) as firm_quantity,
        sum(case when due_on < valuation_date then open_quantity else 0 end) as overdue_quantity
    from open_order_lines
    group by item_id, location_id, valuation_date
),

-- Before the first order or stockout on record the company may not have kept them: null, not zero.
first_records as (
    select
        (select min(valuation_date) from open_orders) as first_order_on,
        (select min(valuation_date) from stockout_days) as first_stockout_on
),

months as (
    select
        *,
        {{ running_sum('case when received_quantity > 0 then 1 else 0 end') }}
            as receipt_month_number
    from position_months
),

supply_sums as (
    select
        *,
        {% for n in [3, 12] -%}
        {{ rolling_sum('receipt_count', n) }} as receipts_{{ n }},
        {{ rolling_sum('received_quantity', n) }} as received_{{ n }},
        {% endfor -%}
        {{ rolling_sum('sold_quantity', 12) }} as sold_12,
        {{ rolling_sum('demand_quantity', 3) }} as demand_3,
        {{ rolling_sum('demand_quantity', 6) }} as demand_6,
        least(months_observed, 6) as months_6,
        max(received_quantity) over last_receipt as last_received_quantity,
        max(case when received_quantity > 0 then received_value end) over last_receipt
            as last_received_value
    from months
    window last_receipt as (partition by item_id, location_id, flash_date, receipt_month_number)
),

supply_features as (
    select
        supply_sums.item_id,
        supply_sums.location_id,
        supply_sums.valuation_date,
        cast({{ days_between('last_received_on', 'supply_sums.valuation_date') }} as double)
            as days_since_last_receipt,
        {% for n in [3, 12] -%}
        cast(receipts_{{ n }} as double) as receipt_count_{{ n }},
        {{ ratio('received_' ~ n, 'on_hand_quantity') }} as received_to_stock_{{ n }},
        {% endfor -%}
        {{ ratio('received_12', 'sold_12') }} as received_to_sold_12,
        {{ midpoint_change('received_3', 'greatest(demand_3, 0)') }} as received_to_demand_3,
        {{ ratio('nullif(last_received_quantity, 0)', 'on_hand_quantity') }}
            as last_receipt_to_stock,
        {{ midpoint_change(replacement_cost, 'stock_features.unit_cost') }}
            as replacement_cost_change,
        case
            when first_records.first_order_on <= supply_sums.valuation_date
                then cast(coalesce(open_orders.open_quantity, 0) as double)
        end as open_order_quantity,
        case
            when first_records.first_order_on <= supply_sums.valuation_date
                then {{ ratio('coalesce(open_orders.firm_quantity, 0)', 'on_hand_quantity') }}
        end as uncancellable_order_to_stock,
        {{ ratio('open_orders.overdue_quantity', 'open_orders.open_quantity') }} as overdue_order_share,
        case
            when first_records.first_order_on <= supply_sums.valuation_date
                then
                    {{ coverage_months(coming_quantity, 'demand_6', 'months_6') }}
        end as coverage_months_with_orders,
        case
            when first_records.first_stockout_on <= supply_sums.valuation_date
                then cast(coalesce(stockout_days.stockout_days_12, 0) as double)
        end as stockout_days_12
    from supply_sums
    cross join first_records
    inner join stock_features
        on
            supply_sums.item_id = stock_features.item_id
            and supply_sums.location_id = stock_features.location_id
            and supply_sums.valuation_date = stock_features.valuation_date
    left join open_orders
        on
            supply_sums.item_id = open_orders.item_id
            and supply_sums.location_id = open_orders.location_id
            and supply_sums.valuation_date = open_orders.valuation_date
    left join stockout_days
        on
            supply_sums.item_id = stockout_days.item_id
            and supply_sums.location_id = stockout_days.location_id
            and supply_sums.valuation_date = stockout_days.valuation_date
)

select * from supply_features
