select
    valuation_date,
    segment,
    sum(weight) as weight
from forecasting.demand_weights
group by valuation_date, segment
having abs(sum(weight) - 1) > 1e-9
