{{ config(meta={'known_by': none}) }}

-- Stock that demand is not expected to reach by the end of the horizon, and what those units bring if they are cleared
-- now, against holding them to the end of the horizon.
with net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
    where expected_unsold_quantity > 0
),

valuation_dates as (
    select * from {{ ref('valuation_dates') }}
    where is_latest
),

items as (
    select * from {{ ref('items') }}
),

liquidation_policy as (
    select * from {{ ref('liquidation_policy') }}
),

rates as (
    select
        net_realizable_values.*,
        items.horizon_months,
        coalesce(own.clearance_discount_rate, common.clearance_discount_rate) as clearance_discount_rate,
        coalesce(own.holding_cost_rate, common.holding_cost_rate) as holding_cost_rate
    from net_realizable_values
    inner join valuation_dates on net_realizable_values.valuation_date = valuation_dates.valuation_date
    inner join items on net_realizable_values.item_id = items.item_id
    left join liquidation_policy as own on items.category = own.category
    left join liquidation_policy as common on common.category = '*'
),

liquidation_options as (
    select
        item_id,
        location_id,
        valuation_date,
        {{ ratio('expected_unsold_quantity', 'quantity') }} as unsold_rate,
        case
            when unit_nrv <= unit_recovery then 'clear'
            when expected_unsold_quantity >= quantity - expected_unsold_quantity then 'mark down'
            else 'stop buying'
        end as suggested_action,
        {{ rounded_unit_value('present_unit_nrv * (1 - clearance_discount_rate)') }} as clearance_unit_value,
        {{ rounded_total('expected_unsold_quantity * (present_unit_nrv * (1 - clearance_discount_rate))') }}
            as recovery_now_value,
        {{ rounded_total(
            'recovery_value - expected_unsold_quantity * (unit_cost * (holding_cost_rate * horizon_months / 12))'
        ) }} as recovery_later_value
    from rates
)

select * from liquidation_options
