with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

bucket_sums as (
    select
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date,
        ageing_policy.bucket,
        ageing_policy.reserve_rate,
        cast(sum(cost_layers.quantity) as {{ quantity_type() }}) as quantity,
        cast(sum(cost_layers.cost_value) as {{ money_type() }}) as cost_value
    from cost_layers
    inner join ageing_policy
        on
            cost_layers.age_days >= ageing_policy.from_days
            and (ageing_policy.to_days is null or cost_layers.age_days <= ageing_policy.to_days)
    group by
        cost_layers.item_id,
        cost_layers.location_id,
        cost_layers.valuation_date,
        ageing_policy.bucket,
        ageing_policy.reserve_rate
),

inventory_age_buckets as (
    select
        *,
        {{ rounded_amount('cost_value * reserve_rate') }} as reserve_amount
    from bucket_sums
)

select * from inventory_age_buckets
