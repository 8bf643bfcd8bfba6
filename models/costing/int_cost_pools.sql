-- A pool stands at the first of its locations, so that it is at a location that exists.
with locations as (
    select * from {{ ref('locations') }}
),

placed as (
    select
        location_id,
        case when '{{ var("cost_pool") }}' = 'region' then lower(region) end as pooled_region,
        case
            when '{{ var("cost_pool") }}' = 'position' then location_id
            when '{{ var("cost_pool") }}' = 'region' and region is null then location_id
        end as unpooled_location_id
    from locations
),

cost_pools as (
    select
        location_id,
        min(location_id) over (partition by pooled_region, unpooled_location_id) as pool_location_id
    from placed
)

select * from cost_pools
