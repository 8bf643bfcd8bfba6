-- Paces stand at every month end, so that there is a past to learn from before a model makes its first forecast.
with stock_looks as (
    select * from {{ ref('int_stock_looks') }}
    where flash_date is null
),

season_shares as (
    select * from {{ ref('int_season_shares') }}
    where flash_date is null
),

items as (
    select * from {{ ref('items') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
    where flash_date is null
),

paces as (
    select
        stock_looks.item_id,
        stock_looks.location_id,
        items.category,
        stock_looks.horizon_months,
        stock_looks.month_number,
        stock_looks.trimmed_month_quantity as month_quantity
    from stock_looks
    inner join items on stock_looks.item_id = items.item_id
),

foreseen as (
    select
        category,
        month_number,
        sum({{ rounded_quantity_total('month_quantity') }}) as month_quantity
    from paces
    group by category, month_number
),

came as (
    select
        paces.category,
        paces.month_number,
        demand_months.month_number - paces.month_number as month_ahead,
        sum({{ net_demand('demand_months') }}) as demand_quantity
    from paces
    inner join demand_months
        on
            paces.item_id = demand_months.item_id
            and paces.location_id = demand_months.location_id
            and demand_months.month_number > paces.month_number
            and demand_months.month_number <= paces.month_number + paces.horizon_months
    group by paces.category, paces.month_number, demand_months.month_number - paces.month_number
),

month_demands as (
    select
        season_shares.category,
        season_shares.horizon_months,
        season_shares.month_ahead,
        season_shares.month_number,
        {{ rounded_quantity_total(
            'coalesce(foreseen.month_quantity, 0) * season_shares.horizon_months * season_shares.season_share'
        ) }} as foreseen_quantity,
        coalesce(came.demand_quantity, 0) as demand_quantity
    from season_shares
    left join foreseen
        on season_shares.category = foreseen.category and season_shares.month_number = foreseen.month_number
    left join came
        on
            season_shares.category = came.category
            and season_shares.month_number = came.month_number
            and season_shares.month_ahead = came.month_ahead
)

select * from month_demands
