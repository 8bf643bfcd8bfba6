{{ config(meta={'known_by': 'coalesce(flash_date, month_end)'}) }}

with movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('sale', 'customer_return')
),

month_days as (
    select * from {{ ref('int_month_days') }}
),

demand_months as (
    select
        movements.item_id,
        movements.location_id,
        month_days.valuation_date,
        month_days.month_number,
        month_days.flash_date,
        month_days.month_end,
        cast(sum(case when movement_type = 'sale' then -quantity_change else 0 end) as {{ quantity_type() }})
            as sold_quantity,
        cast(sum(case when movement_type = 'customer_return' then quantity_change else 0 end) as {{ quantity_type() }})
            as returned_quantity,
        cast(sum(coalesce(gross_amount, 0)) as {{ money_type() }}) as list_amount,
        cast(sum(case when movement_type = 'sale' then net_amount else 0 end) as {{ money_type() }}) as net_amount,
        count(distinct case when movement_type = 'sale' then document_id end) as order_count
    from movements
    inner join month_days on movements.posted_on = month_days.day
    group by
        movements.item_id,
        movements.location_id,
        month_days.valuation_date,
        month_days.month_number,
        month_days.flash_date,
        month_days.month_end
)

select * from demand_months
