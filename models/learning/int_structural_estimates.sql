-- What the stock would lose if the coming months sold like the last ones, by two paces: the last month, the latest
-- news there is, and the median of the last three, which a single large order does not move. Nothing is fitted.
with position_features as (
    select * from {{ ref('position_features') }}
),

position_months as (
    select * from {{ ref('int_position_months') }}
),

items as (
    select * from {{ ref('items') }}
),

last_months as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(greatest(demand_quantity, 0) as double) as month_1,
        cast(greatest(lag(demand_quantity, 1) over by_month, 0) as double) as month_2,
        cast(greatest(lag(demand_quantity, 2) over by_month, 0) as double) as month_3
    from position_months
    window by_month as (partition by item_id, location_id order by month_number nulls last)
),

paces as (
    select
        item_id,
        location_id,
        valuation_date,
        month_1 as last_month_quantity,
        case
            when month_2 is null then month_1
            when month_3 is null then (month_1 + month_2) / 2
            else greatest(least(month_1, month_2), least(greatest(month_1, month_2), month_3))
        end as typical_month_quantity
    from last_months
),

valued_paces as (
    select
        paces.*,
        position_features.cost_value,
        cast(position_features.quantity as double) as quantity,
        cast(items.recovery_rate as double) as recovery_rate,
        case
            when position_features.cost_value > 0
                then coalesce(
                    position_features.net_price_3, position_features.net_price_6, position_features.net_price_12,
                    position_features.last_net_price
                ) * (1 - cast(items.selling_cost_rate as double))
                / (position_features.cost_value / position_features.quantity)
        end as proceeds_to_cost
    from position_features
    inner join items on position_features.item_id = items.item_id
    inner join paces
        on
            position_features.item_id = paces.item_id
            and position_features.location_id = paces.location_id
            and position_features.valuation_date = paces.valuation_date
),

structural_estimates as (
    select
        *,
        {{ structural_loss_rate(var('horizon_months')) }} as structural_loss_rate
    from valued_paces
)

select * from structural_estimates
