-- A range holds its total, no total is above its cost, and the groups of every dimension sum to the company.
with reserve_total_ranges as (
    select * from valuation.reserve_total_ranges
),

sums as (
    select
        valuation_date,
        dimension,
        sum(reserve_amount) as reserve_amount
    from reserve_total_ranges
    group by valuation_date, dimension
),

portfolio_risk as (
    select * from marts.portfolio_risk
)

select
    valuation_date,
    dimension,
    member as difference
from reserve_total_ranges
where not (
    reserve_lower_amount <= reserve_amount and reserve_amount <= reserve_upper_amount
    and 0 <= reserve_lower_amount and reserve_upper_amount <= cost_value
)
union all
select
    sums.valuation_date,
    sums.dimension,
    cast(sums.reserve_amount - portfolio_risk.model_reserve_amount as varchar) as difference
from sums
inner join portfolio_risk on sums.valuation_date = portfolio_risk.period_end
where sums.reserve_amount <> portfolio_risk.model_reserve_amount
