with stg_customers as (
    select * from {{ ref('stg_customers') }}
),

customers as (
    select
        customer_id,
        segment,
        region
    from stg_customers
)

select * from customers
