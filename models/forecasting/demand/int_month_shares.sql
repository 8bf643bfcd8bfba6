with season_shares as (
    select * from {{ ref('int_season_shares') }}
),

demand_fades as (
    select * from {{ ref('int_demand_fades') }}
),

weights as (
    select
        season_shares.category,
        season_shares.valuation_date,
        season_shares.month_ahead,
        season_shares.season_share * coalesce(demand_fades.fade, 1) as weight
    from season_shares
    left join demand_fades
        on
            season_shares.category = demand_fades.category
            and season_shares.valuation_date = demand_fades.valuation_date
            and season_shares.month_ahead = demand_fades.month_ahead
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
            1.0 / {{ var('horizon_months') }}
        ) as month_share
    from weights
)

select * from month_shares
