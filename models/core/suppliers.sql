with stg_suppliers as (
    select * from {{ ref('stg_suppliers') }}
),

suppliers as (
    select
        supplier_id,
        name,
        country,
        promised_lead_time_days
    from stg_suppliers
)

select * from suppliers
