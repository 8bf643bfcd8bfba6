{%- set spans = ['quantity_12', 'quantity_6', 'quantity_6_before'] -%}
with item_buyers as (select * from {{ ref('int_item_buyers') }}),

buyer_circles as (
    select
        item_id,
        valuation_date,
        {% for span in spans -%}
        {{ ratio('max(' ~ span ~ ')', 'sum(' ~ span ~ ')') }} as largest_share_of_{{ span }},
        {{ ratio(
            'sum(' ~ squared(span) ~ ')',
            'power(cast(sum(' ~ span ~ ') as double), 2)'
        ) }} as concentration_of_{{ span }},
        count(case when {{ span }} > 0 then 1 end) as buyers_of_{{ span }},
        {% endfor -%}
        sum(quantity_12) as known_quantity_12,
        count(case when quantity_3 > 0 then 1 end) as buyers_3,
        count(case when quantity_3 > 0 and months_known < 3 then 1 end) as new_buyers_3,
        count(case when orders_12 > 1 then 1 end) as repeat_buyers_12,
        sum(case when orders_12 > 1 then quantity_12 else 0 end) as repeat_quantity_12,
        count(case when quantity_3_before > 0 then 1 end) as earlier_buyers,
        sum(quantity_3_before) as earlier_quantity,
        count(case when quantity_3_before > 0 and quantity_3 = 0 then 1 end) as buyers_lost_to_item,
        count(case when quantity_3_before > 0 and is_active = 0 then 1 end) as buyers_lost,
        sum(case when is_active = 0 then quantity_3_before else 0 end) as quantity_lost,
        {{ ratio(
            'sum(' ~ rounded_total('cast(quantity_12 as double) * spending_change') ~ ')',
            'sum(case when spending_change is not null then quantity_12 end)'
        ) }} as spending_change
    from item_buyers
    group by item_id, valuation_date
)

select * from buyer_circles
