-- One column of each family that always has a value.
select
    item_id,
    location_id,
    valuation_date
from features.position_features
where
    cost_value is null
    or days_since_last_sale is null
    or days_since_launch is null
    or receipt_count_12 is null
    or category_value_share is null
    or coverage_months_12 not between 0 and 120
    or not days_in_stock_share_12 between 0 and 1
