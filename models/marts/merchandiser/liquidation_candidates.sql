with liquidation_options as (
    select * from {{ ref('int_liquidation_options') }}
),

net_realizable_values as (
    select * from {{ ref('net_realizable_values') }}
),

reviewed_positions as (
    select * from {{ ref('int_reviewed_positions') }}
),

reserve_drivers as (
    select * from {{ ref('reserve_drivers') }}
    where feature not in ('baseline', 'rest', 'other')
),

items as (
    select * from {{ ref('items') }}
),

locations as (
    select * from {{ ref('locations') }}
),

-- What sets a position apart: the usual loss of all stock, weaker reasons in one line, and the closing line do not.
drivers_ranked as (
    select
        *,
        row_number() over (
            partition by item_id, location_id, valuation_date
            order by abs(driver_amount) desc nulls last, driver_rank nulls last
        ) as reason_rank
    from reserve_drivers
),

main_reasons as (
    select
        item_id,
        location_id,
        valuation_date
        {%- for rank in [1, 2, 3] %},
        max(case when reason_rank = {{ rank }} then reason end) as reason_{{ rank }}
        {%- endfor %}
    from drivers_ranked
    group by item_id, location_id, valuation_date
),

liquidation_candidates as (
    select
        liquidation_options.item_id,
        liquidation_options.location_id,
        liquidation_options.valuation_date as period_end,
        reviewed_positions.is_latest_period,
        {{ reporting_currency() }} as currency,
        items.description as item_description,
        items.category,
        items.brand,
        items.supplier_id,
        locations.name as location_name,
        liquidation_options.suggested_action,
        items.unit_of_measure,
        cast(net_realizable_values.quantity as {{ quantity_type() }}) as quantity,
        net_realizable_values.cost_value,
        reviewed_positions.weighted_age_days,
        reviewed_positions.obsolescence_probability,
        reviewed_positions.risk_band,
        net_realizable_values.expected_demand_quantity,
        net_realizable_values.expected_unsold_quantity,
        liquidation_options.unsold_rate,
        net_realizable_values.expected_net_price,
        net_realizable_values.unit_cost,
        net_realizable_values.unit_nrv,
        net_realizable_values.unit_recovery,
        net_realizable_values.recovery_value,
        liquidation_options.clearance_unit_value,
        liquidation_options.recovery_now_value,
        liquidation_options.recovery_later_value,
        liquidation_options.recovery_now_value - liquidation_options.recovery_later_value
            as gain_from_clearing_amount,
        net_realizable_values.exposure_amount,
        reviewed_positions.model_reserve_amount,
        main_reasons.reason_1,
        main_reasons.reason_2,
        main_reasons.reason_3
    from liquidation_options
    inner join net_realizable_values
        on
            liquidation_options.item_id = net_realizable_values.item_id
            and liquidation_options.location_id = net_realizable_values.location_id
            and liquidation_options.valuation_date = net_realizable_values.valuation_date
    inner join reviewed_positions
        on
            liquidation_options.item_id = reviewed_positions.item_id
            and liquidation_options.location_id = reviewed_positions.location_id
            and liquidation_options.valuation_date = reviewed_positions.period_end
    inner join items on liquidation_options.item_id = items.item_id
    inner join locations on liquidation_options.location_id = locations.location_id
    left join main_reasons
        on
            liquidation_options.item_id = main_reasons.item_id
            and liquidation_options.location_id = main_reasons.location_id
            and liquidation_options.valuation_date = main_reasons.valuation_date
)

select * from liquidation_candidates
