with predictions as (
    select * from {{ ref('predictions') }}
),

realised_demand as (
    select * from {{ ref('realised_demand') }}
),

expected_demand_errors as (
    select
        realised_demand.item_id,
        realised_demand.location_id,
        realised_demand.valuation_date,
        'champion' as method,
        realised_demand.demand_quantity,
        predictions.expected_demand_quantity - realised_demand.demand_quantity as error_quantity
    from realised_demand
    inner join predictions
        on
            realised_demand.item_id = predictions.item_id
            and realised_demand.location_id = predictions.location_id
            and realised_demand.valuation_date = predictions.valuation_date
)

select * from expected_demand_errors
