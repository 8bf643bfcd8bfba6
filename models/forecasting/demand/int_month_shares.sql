-- A horizon's demand is spread over its months by the season of the year before and by how demand fades: what is in
-- stock sells more at once than later, since some runs out and some goes out of fashion.
with season_shares as (
    select * from {{ ref('int_season_shares') }}
),

month_demands as (
    select * from {{ ref('int_month_demands') }}
),

known as (
    select
        category,
        horizon_months,
        month_ahead,
        month_number + month_ahead as month_number,
        sum(foreseen_quantity) over up_to_month as foreseen_quantity,
        sum(demand_quantity) over up_to_month as demand_quantity
    from month_demands
    window up_to_month as (
        partition by category, month_ahead
        order by month_number nulls last rows between unbounded preceding and current row
    )
),

in_all as (
    select
        month_ahead,
        month_number,
        sum(foreseen_quantity) as foreseen_quantity,
        {{ ratio('sum(demand_quantity)', 'sum(foreseen_quantity)') }} as fade
    from known
    group by month_ahead, month_number
),

-- Told once every month ahead has come; held to the fade of all as if a fiftieth of it had been seen here.
fades as (
    select
        known.category,
        known.month_number,
        known.month_ahead,
        {{ ratio(
            'known.demand_quantity + in_all.fade * in_all.foreseen_quantity / 50',
            'known.foreseen_quantity + in_all.foreseen_quantity / 50'
        ) }} as fade
    from known
    inner join in_all on known.month_ahead = in_all.month_ahead and known.month_number = in_all.month_number
    where known.month_number > known.horizon_months
),

weights as (
    select
        season_shares.category,
        season_shares.horizon_months,
        season_shares.valuation_date,
        season_shares.month_ahead,
        season_shares.season_share * coalesce(fades.fade, 1) as weight
    from season_shares
    left join fades
        on
            season_shares.category = fades.category
            and season_shares.month_number = fades.month_number
            and season_shares.month_ahead = fades.month_ahead
),

month_shares as (
    select
        category,
        valuation_date,
        month_ahead,
        -- Where nothing is foreseen of any month, they share evenly.
        coalesce(
            {{ ratio('weight', 'sum(weight) over (partition by category, valuation_date order by month_ahead nulls last'
                ~ ' rows between unbounded preceding and unbounded following)') }},
            1.0 / horizon_months
        ) as month_share
    from weights
)

select * from month_shares
