-- What the stock would lose if the coming months sold like the last ones, by two paces: the last month, the latest
-- news there is, and the median of the last three, which a single large order does not move. Nothing is fitted.
{%- set horizon = var('horizon_months') %}
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

unsold_shares as (
    select
        paces.*,
        (
            greatest(1 - {{ horizon }} * paces.last_month_quantity / position_features.quantity, 0)
            + greatest(1 - {{ horizon }} * paces.typical_month_quantity / position_features.quantity, 0)
        ) / 2 as unsold_share,
        cast(items.recovery_rate as double) as recovery_rate,
        case
            when position_features.cost_value > 0
                then 1 - coalesce(
                    position_features.net_price_3, position_features.net_price_6, position_features.net_price_12,
                    position_features.last_net_price
                ) * (1 - cast(items.selling_cost_rate as double))
                / (position_features.cost_value / position_features.quantity)
        end as sale_loss_rate
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
        item_id,
        location_id,
        valuation_date,
        last_month_quantity,
        typical_month_quantity,
        unsold_share,
        unsold_share * (1 - recovery_rate)
        + (1 - unsold_share) * least(greatest(coalesce(sale_loss_rate, 0), 0), 1) as structural_loss_rate
    from unsold_shares
)

select * from structural_estimates
