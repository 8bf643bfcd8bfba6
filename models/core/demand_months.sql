with movements as (
    select * from {{ ref('movements') }}
    where movement_type in ('sale', 'customer_return')
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_months as (
    select
        movements.item_id,
        movements.location_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number,
        cast(sum(case when movement_type = 'sale' then -quantity_change else 0 end) as {{ quantity_type() }})
            as sold_quantity,
        cast(sum(case when movement_type = 'customer_return' then quantity_change else 0 end) as {{ quantity_type() }})
            as returned_quantity,
        cast(sum(coalesce(gross_amount, 0)) as {{ money_type() }}) as list_amount,
        cast(sum(case when movement_type = 'sale' then net_amount else 0 end) as {{ money_type() }}) as net_amount,
        count(distinct case when movement_type = 'sale' then document_id end) as order_count
    from movements
    inner join valuation_dates on last_day(movements.posted_on) = valuation_dates.valuation_date
    group by
        movements.item_id,
        movements.location_id,
        valuation_dates.valuation_date,
        valuation_dates.month_number
)

select * from demand_months
