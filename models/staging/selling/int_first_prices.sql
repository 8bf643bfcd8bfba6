-- From when something tells what an item sells for: its list price always, its price list, its sales and, where nothing
-- else tells it, its cost by month.
with sales as (
    select * from {{ source('company', 'sales') }}
),

id_cross_reference as (
    select * from {{ ref('id_cross_reference') }}
    where master_table = 'items'
),

sale_months as (
    select
        item_id,
        min(cast(date_trunc('month', sold_at) as date)) as month
    from sales
    where unit_price > 0
    group by item_id
),

cost_months as (
    select
        item_id,
        min(cast(date_trunc('month', received_at) as date)) as month
    from {{ source('company', 'receipts') }}
    where unit_cost > 0
    group by item_id
    union all
    select
        item_id,
        min(coalesce(cast(date_trunc('month', as_of) as date), date '0001-01-01')) as month
    from {{ source('company', 'opening_stock') }}
    where unit_cost > 0
    group by item_id
),

told_months as (
    select * from sale_months
    union all
    select * from cost_months
),

priced as (
    select
        id_cross_reference.canonical_id as item_id,
        told_months.month
    from told_months
    inner join id_cross_reference on told_months.item_id = id_cross_reference.source_id
    union all
    select
        item_id,
        month
    from {{ ref('int_list_prices') }}
    union all
    select
        item_id,
        date '0001-01-01' as month
    from {{ ref('stg_items') }}
    where list_price > 0
),

first_prices as (
    select
        item_id,
        min(month) as month
    from priced
    group by item_id
)

select * from first_prices
