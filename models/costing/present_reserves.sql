-- What the company's own process holds without any model. In a period whose books it handed over, a position that
-- they do not name held nothing.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

inventory_ageing as (
    select * from {{ ref('inventory_ageing') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

stg_booked_reserves as (
    select * from {{ ref('stg_booked_reserves') }}
),

{% set buckets = range(1, 6) -%}
reserves_by_policy as (
    select
        inventory_ageing.item_id,
        inventory_ageing.location_id,
        inventory_ageing.valuation_date
        {%- for bucket in buckets %},
        {{ rounded_amount(
            'inventory_ageing.bucket_' ~ bucket ~ '_value * bucket_' ~ bucket ~ '.reserve_rate'
        ) }} as bucket_{{ bucket }}_amount
        {%- endfor %}
    from inventory_ageing
    {%- for bucket in buckets %}
    inner join ageing_policy as bucket_{{ bucket }} on bucket_{{ bucket }}.bucket = {{ bucket }}
    {%- endfor %}
),

booked_positions as (
    select
        item_id,
        location_id,
        cast(last_day(period_end) as date) as valuation_date,
        sum(amount) as amount
    from stg_booked_reserves
    group by item_id, location_id, cast(last_day(period_end) as date)
),

booked_dates as (
    select distinct valuation_date from booked_positions
),

present_reserves as (
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        'static_ageing' as method,
        inventory_costs.cost_value,
        cast(
            {% for bucket in buckets -%}
            reserves_by_policy.bucket_{{ bucket }}_amount{{ ' + ' if not loop.last }}
            {%- endfor %} as {{ money_type() }}
        ) as reserve_amount
    from inventory_costs
    inner join reserves_by_policy
        on
            inventory_costs.item_id = reserves_by_policy.item_id
            and inventory_costs.location_id = reserves_by_policy.location_id
            and inventory_costs.valuation_date = reserves_by_policy.valuation_date
    union all
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        'booked' as method,
        inventory_costs.cost_value,
        cast(coalesce(booked_positions.amount, 0) as {{ money_type() }}) as reserve_amount
    from inventory_costs
    inner join booked_dates on inventory_costs.valuation_date = booked_dates.valuation_date
    left join booked_positions
        on
            inventory_costs.item_id = booked_positions.item_id
            and inventory_costs.location_id = booked_positions.location_id
            and inventory_costs.valuation_date = booked_positions.valuation_date
)

select * from present_reserves
