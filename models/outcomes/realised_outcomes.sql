with cohort_fates as (
    select * from {{ ref('cohort_fates') }}
    where to_location_id is null
),

items as (
    select * from {{ ref('items') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

own_horizons as (
    select
        cohort_fates.*,
        valuation_dates.has_outcome and cohort_fates.months <= valuation_dates.horizon_months as is_scored
    from cohort_fates
    inner join items on cohort_fates.item_id = items.item_id and cohort_fates.months = items.horizon_months
    inner join valuation_dates on cohort_fates.valuation_date = valuation_dates.valuation_date
),

realised_outcomes as (
    select
        item_id,
        location_id,
        valuation_date,
        months as horizon_months,
        {{ month_end_after('valuation_date', 'months') }} as known_on,
        is_scored,
        quantity,
        cost_value,
        sold_quantity,
        written_off_quantity,
        returned_to_supplier_quantity,
        unsold_quantity,
        realised_loss,
        days_to_loss,
        cast(realised_loss as double) / nullif(cast(cost_value as double), 0)
            as realised_loss_rate,
        cast(sold_quantity as double) / cast(quantity as double)
            as sell_through,
        cost_value > 0 and 2 * realised_loss >= cost_value as is_obsolete,
        sold_quantity = 0 as has_no_sale
    from own_horizons
)

select * from realised_outcomes
