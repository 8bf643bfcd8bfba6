with reserve_accuracy as (
    select * from {{ ref('int_reserve_accuracy') }}
),

obsolescence_accuracy as (
    select * from {{ ref('int_obsolescence_accuracy') }}
),

demand_accuracy as (
    select * from {{ ref('int_demand_accuracy') }}
),

month_demand_accuracy as (
    select * from {{ ref('int_month_demand_accuracy') }}
),

price_accuracy as (
    select * from {{ ref('int_price_accuracy') }}
),

interval_accuracy as (
    select * from {{ ref('int_interval_accuracy') }}
),

sell_through_accuracy as (
    select * from {{ ref('int_sell_through_accuracy') }}
),

model_accuracy as (
    select * from reserve_accuracy
    union all
    select * from obsolescence_accuracy
    union all
    select * from demand_accuracy
    union all
    select * from month_demand_accuracy
    union all
    select * from price_accuracy
    union all
    select * from interval_accuracy
    union all
    select * from sell_through_accuracy
)

select * from model_accuracy
