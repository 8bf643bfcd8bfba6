-- Where nobody measured a supplier's lead time its promise holds, else that of all suppliers, else the policy's. The
-- spread of what is only promised is that of all suppliers, in proportion.
with reorder_forecasts as (
    select * from {{ ref('int_reorder_forecasts') }}
),

reorder_terms as (
    select * from {{ ref('int_reorder_terms') }}
),

supplier_months as (
    select * from {{ ref('int_supplier_months') }}
),

transfer_times as (
    select * from {{ ref('int_transfer_times') }}
    where transferred_quantity > received_quantity / 2
),

on_hand as (
    select * from {{ ref('on_hand') }}
),

all_suppliers as (
    select
        valuation_date,
        {{ ratio('sum(' ~ rounded_quantity_total('lead_time_days') ~ ')', 'count(lead_time_days)') }} as lead_time_days,
        {{ ratio(
            'sum(' ~ rounded_quantity_total('lead_time_spread_days') ~ ')',
            'sum(case when lead_time_spread_days is not null then ' ~ rounded_quantity_total('lead_time_days') ~ ' end)'
        ) }} as relative_spread
    from supplier_months
    group by valuation_date
),

open_orders as (
    select
        item_id,
        location_id,
        valuation_date,
        sum(open_quantity) as open_quantity,
        {{ ratio(
            'sum(open_quantity * greatest(' ~ days_between('valuation_date', 'due_on') ~ ', 7))', 'sum(open_quantity)'
        ) }} as open_order_days
    from {{ ref('open_order_lines') }}
    where not is_closed
    group by item_id, location_id, valuation_date
),

supplied as (
    select
        reorder_forecasts.*,
        reorder_terms.service_level,
        reorder_terms.lost_margin_multiple,
        reorder_terms.review_days,
        reorder_terms.order_cost,
        reorder_terms.holding_cost_rate,
        greatest(coalesce(on_hand.quantity, 0), 0) as on_hand_quantity,
        coalesce(open_orders.open_quantity, 0) as on_order_quantity,
        coalesce(open_orders.open_order_days, 0) as on_order_days,
        case
            when transfer_times.transfer_days is not null then 'transfers'
            when supplier_months.lead_time_spread_days is not null then 'measured'
            when supplier_months.lead_time_days is not null then 'promised'
            when all_suppliers.lead_time_days is not null then 'all suppliers'
            else 'policy'
        end as lead_time_source,
        coalesce(
            transfer_times.transfer_days, supplier_months.lead_time_days, all_suppliers.lead_time_days,
            reorder_terms.lead_time_days
        ) as lead_time_days,
        coalesce(transfer_times.transfer_spread_days, supplier_months.lead_time_spread_days)
            as measured_spread_days,
        coalesce(all_suppliers.relative_spread, 0) as relative_spread
    from reorder_forecasts
    inner join reorder_terms
        on reorder_forecasts.category = reorder_terms.category and reorder_forecasts.segment = reorder_terms.segment
    left join supplier_months
        on
            reorder_forecasts.supplier_id = supplier_months.supplier_id
            and reorder_forecasts.valuation_date = supplier_months.valuation_date
    left join all_suppliers on reorder_forecasts.valuation_date = all_suppliers.valuation_date
    {%- for relation in ['transfer_times', 'on_hand', 'open_orders'] %}
    left join {{ relation }}
        on
            reorder_forecasts.item_id = {{ relation }}.item_id
            and reorder_forecasts.location_id = {{ relation }}.location_id
            and reorder_forecasts.valuation_date = {{ relation }}.valuation_date
    {%- endfor %}
),

-- A supplier's lots bind no transfer. What was ended is not ordered; today's plans count too, as far as an order placed
-- now would come after the end.
reorder_positions as (
    select
        * exclude (measured_spread_days, relative_spread, minimum_order_quantity, order_multiple),
        case when lead_time_source <> 'transfers' then minimum_order_quantity end as minimum_order_quantity,
        case when lead_time_source <> 'transfers' then order_multiple end as order_multiple,
        coalesce(measured_spread_days, lead_time_days * relative_spread) as lead_time_spread_days,
        coalesce(
            discontinued_on
            <= valuation_date + cast(case when is_latest then lead_time_days else 0 end as integer),
            false
        ) as is_ended
    from supplied
)

select * from reorder_positions
