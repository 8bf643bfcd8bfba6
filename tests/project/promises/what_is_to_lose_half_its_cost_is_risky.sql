-- No position that is expected to lose more than half of its cost is called low or guarded.
select
    item_id,
    location_id,
    valuation_date,
    risk_band,
    expected_loss_rate
from learning.predictions
where expected_loss_rate > 0.5 and coalesce(risk_band in ('low', 'guarded'), true)
