-- Stock that demand is not expected to reach by the end of the horizon.
with net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
    where expected_unsold_quantity > 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

liquidation_options as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        net_realizable_values.valuation_date,
        {{ ratio('expected_unsold_quantity', 'quantity') }} as unsold_rate,
        case
            when unit_nrv <= unit_recovery then 'clear'
            when expected_unsold_quantity >= quantity - expected_unsold_quantity then 'mark down'
            else 'stop buying'
        end as suggested_action
    from net_realizable_values
    inner join valuation_dates
        on net_realizable_values.valuation_date = valuation_dates.valuation_date
)

select * from liquidation_options
