with stg_locations as (
    select * from {{ ref('stg_locations') }}
),

locations as (
    select
        location_id,
        name,
        location_type,
        region,
        country,
        opened_on,
        closed_on
    from stg_locations
)

select * from locations
