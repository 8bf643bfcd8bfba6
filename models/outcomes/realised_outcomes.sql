with cohort_fates as (
    select * from {{ ref('cohort_fates') }}
    where to_location_id is null and months = {{ var('horizon_months') }}
),

realised_outcomes as (
    select
        item_id,
        location_id,
        valuation_date,
        months as horizon_months,
        quantity,
        cost_value,
        sold_quantity,
        written_off_quantity,
        returned_to_supplier_quantity,
        unsold_quantity,
        realised_loss,
        cast(realised_loss as double) / nullif(cast(cost_value as double), 0)
            as realised_loss_rate,
        cast(sold_quantity as double) / cast(quantity as double)
            as sell_through,
        cost_value > 0 and 2 * realised_loss >= cost_value as is_obsolete,
        sold_quantity = 0 as has_no_sale
    from cohort_fates
)

select * from realised_outcomes
