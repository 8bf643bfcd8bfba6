{# What customers did with a position in a span of time; the same sums serve days and months. #}
{% macro demand_sums() -%}
    cast(sum(case when movement_type = 'sale' then -quantity_change else 0 end) as {{ quantity_type() }}) as sold_quantity,
    cast(sum(case when movement_type = 'customer_return' then quantity_change else 0 end) as {{ quantity_type() }})
        as returned_quantity,
    cast(sum(coalesce(gross_amount, 0)) as {{ money_type() }}) as list_amount,
    cast(sum(case when movement_type = 'sale' then net_amount else 0 end) as {{ money_type() }}) as net_amount,
    cast(sum(case when movement_type = 'customer_return' then coalesce(net_amount, 0) else 0 end) as {{ money_type() }})
        as refund_amount,
    count(distinct case when movement_type = 'sale' then document_id end) as order_count,
    count(distinct case when movement_type = 'sale' then customer_id end) as customer_count
{%- endmacro %}


{# What customers kept of a month's sales, at least nothing; nothing where there was no month. #}
{% macro net_demand(demand_months) -%}
    greatest(coalesce({{ demand_months }}.sold_quantity - {{ demand_months }}.returned_quantity, 0), 0)
{%- endmacro %}
