with buyer_circles as (select * from {{ ref('int_buyer_circles') }}),

item_orders as (select * from {{ ref('int_item_orders') }}),

item_months as (select * from {{ ref('int_item_months') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

order_months as (
    select
        item_id,
        month_number,
        count(case when is_large then 1 end) as large_order_count,
        sum(case when is_large then quantity else 0 end) as large_quantity,
        sum(case when customer_id is null then quantity else 0 end) as unknown_quantity,
        sum(quantity_square) as quantity_square
    from item_orders
    group by item_id, month_number
),

months as (
    select
        item_months.*,
        order_months.large_order_count,
        order_months.large_quantity,
        order_months.unknown_quantity,
        order_months.quantity_square
    from item_months
    left join order_months
        on item_months.item_id = order_months.item_id and item_months.month_number = order_months.month_number
),

-- Before the first known customer the company may have noted none: null, not zero.
first_records as (
    select min(valuation_date) as first_buyer_on
    from buyer_circles
),

order_sums as (
    select
        *,
        {% for fact in [
            'sold_quantity', 'order_count', 'large_order_count', 'large_quantity', 'unknown_quantity', 'quantity_square',
        ] -%}
        {{ rolling_sum(fact, 12, by='item_id') }} as {{ fact }}_12{{ ',' if not loop.last }}
        {% endfor %}
    from months
),

customer_features as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        cast(buyer_circles.buyers_3 as double) as item_buyer_count_3,
        case
            when order_sums.months_observed >= 12
                then {{ midpoint_change('buyers_of_quantity_6', 'buyers_of_quantity_6_before') }}
        end as buyer_count_change_6,
        largest_share_of_quantity_12 as largest_customer_share_12,
        largest_share_of_quantity_6 - largest_share_of_quantity_6_before as largest_customer_share_change_6,
        concentration_of_quantity_12 as customer_concentration_12,
        concentration_of_quantity_6 - concentration_of_quantity_6_before as customer_concentration_change_6,
        {{ ratio('repeat_buyers_12', 'buyers_of_quantity_12') }} as repeat_buyer_share_12,
        {{ ratio('repeat_quantity_12', 'known_quantity_12') }} as repeat_quantity_share_12,
        {{ ratio('new_buyers_3', 'buyers_3') }} as new_buyer_share_3,
        {{ ratio('buyers_lost', 'earlier_buyers') }} as buyer_churn_3,
        {{ ratio('quantity_lost', 'earlier_quantity') }} as buyer_churn_quantity_3,
        {{ ratio('buyers_lost_to_item', 'earlier_buyers') }} as item_buyer_churn_3,
        buyer_circles.spending_change as buyer_spending_change_3,
        case
            when first_records.first_buyer_on <= on_hand.valuation_date
                then {{ ratio('unknown_quantity_12', 'sold_quantity_12') }}
        end as unknown_customer_share_12,
        {{ ratio('large_order_count_12', 'order_count_12') }} as large_order_share_12,
        {{ ratio('large_quantity_12', 'sold_quantity_12') }} as large_order_quantity_share_12,
        order_count_12 * {{ ratio('quantity_square_12', 'power(cast(sold_quantity_12 as double), 2)') }} - 1
            as order_size_variation_12
    from on_hand
    cross join first_records
    inner join order_sums
        on on_hand.item_id = order_sums.item_id and on_hand.valuation_date = order_sums.valuation_date
    left join buyer_circles
        on on_hand.item_id = buyer_circles.item_id and on_hand.valuation_date = buyer_circles.valuation_date
)

select * from customer_features
