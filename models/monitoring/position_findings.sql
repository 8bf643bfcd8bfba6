-- For a person to look at: none of it stops a build. Shares and ratios of nothing are null, here as everywhere.
with inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}' and quantity > 0
),

position_features as (select * from {{ ref('position_features') }}),

reserve_estimates as (select * from {{ ref('reserve_estimates') }}),

positions as (
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        valuation_dates.is_latest as is_latest_period,
        inventory_costs.quantity,
        inventory_costs.cost_value,
        predictions.item_id is not null and predictions.risk_band is null as is_unbanded
    from inventory_costs
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on inventory_costs.valuation_date = valuation_dates.valuation_date and valuation_dates.flash_date is null
    left join {{ ref('predictions') }} as predictions
        on
            inventory_costs.item_id = predictions.item_id
            and inventory_costs.location_id = predictions.location_id
            and inventory_costs.valuation_date = predictions.valuation_date
),

without_features as (
    select
        positions.*,
        concat_ws(
            ', '
            {%- for feature in ['cost_value', 'days_since_last_sale', 'days_since_launch', 'receipt_count_12'] %},
            case when position_features.{{ feature }} is null then '{{ feature }}' end
            {%- endfor %}
            {%- for feature, highest in {'coverage_months_12': 120, 'days_in_stock_share_12': 1}.items() %},
            case
                when position_features.{{ feature }} between 0 and {{ highest }} then null
                else '{{ feature }}'
            end
            {%- endfor %}
        ) as missing
    from positions
    left join position_features
        on
            positions.item_id = position_features.item_id
            and positions.location_id = position_features.location_id
            and positions.valuation_date = position_features.valuation_date
),

-- What is due of one position at a date is due of all.
methods_due as (
    select
        valuation_date,
        count(distinct method) as method_count
    from reserve_estimates
    where method <> 'booked'
    group by valuation_date
),

good_estimates as (
    select
        item_id,
        location_id,
        valuation_date,
        count(*) as method_count
    from reserve_estimates
    where
        method <> 'booked'
        and reserve_amount between 0 and cost_value
        and coalesce(reserve_amount between reserve_lower_amount and reserve_upper_amount, true)
    group by item_id, location_id, valuation_date
),

without_estimate as (
    select
        positions.*,
        methods_due.method_count - coalesce(good_estimates.method_count, 0) as missing_count
    from positions
    inner join methods_due on positions.valuation_date = methods_due.valuation_date
    left join good_estimates
        on
            positions.item_id = good_estimates.item_id
            and positions.location_id = good_estimates.location_id
            and positions.valuation_date = good_estimates.valuation_date
),

{% set findings = {
    'no cost': [
        'positions', 'cost_value <= 0',
        "'Its units cost nothing, or nobody said what: no reserve, and no shares of its cost.'",
    ],
    'no features': ['without_features', "missing <> ''", "'Not known, or out of their bounds: ' || missing"],
    'no estimate': [
        'without_estimate', 'missing_count > 0', "missing_count || ' methods name no amount between nothing and its cost.'",
    ],
    'no risk band': [
        'positions', 'is_unbanded', "'No row of the seed risk_bands covers its probability of obsolescence.'",
    ],
} -%}
position_findings as (
    {% for finding, (relation, condition, explanation) in findings.items() -%}
    select
        item_id,
        location_id,
        valuation_date,
        is_latest_period,
        '{{ finding }}' as finding,
        {{ explanation }} as explanation,
        quantity,
        cost_value
    from {{ relation }}
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select * from position_findings
