-- The better a method was at the origins whose outcome was known by a date, the more it weighs there: by the inverse
-- square of its error (Bates and Granger, 1969). Before any is known, all weigh the same. Errors are decimals, so
-- that means of them are the same in any order.
with scoring_dates as (
    select * from {{ ref('scoring_dates') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

demand_methods as (
    select * from {{ ref('demand_methods') }}
    where is_averaged
),

demand_errors as (
    select * from {{ ref('int_demand_errors') }}
    where metric = 'demand_wape'
),

-- Origins at which all of them forecast.
judged_origins as (
    select
        valuation_dates.valuation_date,
        valuation_dates.horizon_end_date
    from valuation_dates
    inner join scoring_dates on valuation_dates.valuation_date = scoring_dates.valuation_date
    where valuation_dates.has_outcome
),

known_errors as (
    select
        scoring_dates.valuation_date,
        demand_methods.method,
        count(demand_errors.value) as origins,
        avg(cast(demand_errors.value as decimal(18, 9))) as mean_error
    from scoring_dates
    cross join demand_methods
    left join judged_origins on scoring_dates.valuation_date >= judged_origins.horizon_end_date
    left join demand_errors
        on judged_origins.valuation_date = demand_errors.valuation_date and demand_methods.method = demand_errors.method
    group by scoring_dates.valuation_date, demand_methods.method
),

demand_weights as (
    select
        *,
        round(coalesce(
            power(mean_error, -2) / sum(power(mean_error, -2)) over (partition by valuation_date),
            1.0 / count(*) over (partition by valuation_date)
        ), 6) as weight
    from known_errors
)

select * from demand_weights
