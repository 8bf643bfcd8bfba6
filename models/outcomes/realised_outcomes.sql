with cohort_fates as (
    select * from {{ ref('int_cohort_fates') }}
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

realised_outcomes as (
    select
        cohort_fates.item_id,
        cohort_fates.location_id,
        cohort_fates.valuation_date,
        valuation_dates.horizon_months,
        cohort_fates.quantity,
        cohort_fates.cost_value,
        cohort_fates.sold_quantity,
        cohort_fates.written_off_quantity,
        cohort_fates.returned_to_supplier_quantity,
        cohort_fates.unsold_quantity,
        cohort_fates.realised_loss,
        cast(cohort_fates.realised_loss as double) / nullif(cast(cohort_fates.cost_value as double), 0)
            as realised_loss_rate,
        cast(cohort_fates.sold_quantity as double) / cast(cohort_fates.quantity as double)
            as sell_through,
        cohort_fates.cost_value > 0 and 2 * cohort_fates.realised_loss >= cohort_fates.cost_value as is_obsolete,
        cohort_fates.sold_quantity = 0 as has_no_sale
    from cohort_fates
    inner join valuation_dates on cohort_fates.valuation_date = valuation_dates.valuation_date
)

select * from realised_outcomes
