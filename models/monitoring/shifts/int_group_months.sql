-- Forecasts of three months before: a forecast of the last month would have followed a shift already. Mixes are held
-- against the shares of the year before.
{%- set months_ahead = 3 %}
with demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

valuation_dates as (select * from {{ ref('valuation_dates') }} where flash_date is null),

items as (select * from {{ ref('items') }}),

segments as (select * from {{ ref('segments') }}),

demand_months as (select * from {{ ref('demand_months') }} where flash_date is null),

-- Of a position that was in stock: what its demand costs, and what its sales bring.
foreseen_positions as (
    select
        items.category,
        segments.segment,
        valuation_dates.month_number + {{ months_ahead }} as month_number,
        demand_distributions.expected_demand_quantity * month_shares.month_share
        * {{ ratio('inventory_costs.cost_value', 'inventory_costs.quantity') }} as expected_demand,
        cast({{ net_demand('demand_months') }} as double)
        * {{ ratio('inventory_costs.cost_value', 'inventory_costs.quantity') }} as demand,
        cast(coalesce(demand_months.sold_quantity, 0) as double) * cast(price_outlooks.present_price as double)
        * {{ price_factor(months_ahead) }} as expected_price,
        case when price_outlooks.present_price > 0 then coalesce(demand_months.net_amount, 0) end as price
    from demand_distributions
    inner join valuation_dates on demand_distributions.valuation_date = valuation_dates.valuation_date
    inner join items on demand_distributions.item_id = items.item_id
    inner join {{ ref('int_month_shares') }} as month_shares
        on
            items.category = month_shares.category
            and demand_distributions.valuation_date = month_shares.valuation_date
            and month_shares.month_ahead = {{ months_ahead }}
    {%- for relation in ['segments', 'inventory_costs'] %}
    inner join {{ relation }}
        on
            demand_distributions.item_id = {{ relation }}.item_id
            and demand_distributions.location_id = {{ relation }}.location_id
            and demand_distributions.valuation_date = {{ relation }}.valuation_date
    {%- endfor %}
    left join {{ ref('int_price_outlooks') }} as price_outlooks
        on
            demand_distributions.item_id = price_outlooks.item_id
            and demand_distributions.location_id = price_outlooks.location_id
            and demand_distributions.valuation_date = price_outlooks.valuation_date
    left join demand_months
        on
            demand_distributions.item_id = demand_months.item_id
            and demand_distributions.location_id = demand_months.location_id
            and valuation_dates.month_number + {{ months_ahead }} = demand_months.month_number
),

group_forecasts as (
    {% for measure in ['demand', 'price'] -%}
    {% for dimension in ['category', 'segment'] -%}
    select
        month_number,
        '{{ measure }}' as measure,
        '{{ dimension }}' as dimension,
        {{ dimension }} as member,
        sum({{ rounded_total(measure) }}) as actual_amount,
        sum({{ rounded_total('expected_' ~ measure) }}) as expected_amount
    from foreseen_positions
    group by month_number, {{ dimension }}
    union all
    {% endfor -%}
    {% endfor -%}
    select
        demand_months.month_number,
        'sales_mix' as measure,
        'category' as dimension,
        items.category as member,
        sum({{ rounded_total('demand_months.net_amount') }}) as actual_amount,
        null as expected_amount
    from demand_months
    inner join items on demand_months.item_id = items.item_id
    group by demand_months.month_number, items.category
    {% for dimension in ['items.category', 'segments.segment'] -%}
    union all
    select
        valuation_dates.month_number,
        'stock_mix' as measure,
        '{{ dimension.split('.')[1] }}' as dimension,
        {{ dimension }} as member,
        sum({{ rounded_total('inventory_costs.cost_value') }}) as actual_amount,
        null as expected_amount
    from inventory_costs
    inner join valuation_dates on inventory_costs.valuation_date = valuation_dates.valuation_date
    inner join items on inventory_costs.item_id = items.item_id
    inner join segments
        on
            inventory_costs.item_id = segments.item_id
            and inventory_costs.location_id = segments.location_id
            and inventory_costs.valuation_date = segments.valuation_date
    group by valuation_dates.month_number, {{ dimension }}
    {% endfor %}
),

group_months as (
    select
        valuation_dates.valuation_date,
        group_forecasts.*,
        sum(greatest(group_forecasts.actual_amount, 0)) over one_month as total_amount,
        sum(group_forecasts.expected_amount) over one_month as total_expected_amount
    from group_forecasts
    inner join valuation_dates on group_forecasts.month_number = valuation_dates.month_number
    window one_month as (
        partition by group_forecasts.month_number, group_forecasts.measure, group_forecasts.dimension
    )
)

select * from group_months
