-- Units held for a firm contract are sold: they are no part of what can be priced. Whoever takes all at once pays no
-- more than the discounted price of a unit, whatever its recovery was set to.
with net_realizable_values as (
    select net_realizable_values.*
    from {{ ref('net_realizable_values') }} as net_realizable_values
    inner join {{ ref('valuation_dates') }} as valuation_dates
        on net_realizable_values.valuation_date = valuation_dates.valuation_date and valuation_dates.is_latest
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

items as (
    select * from {{ ref('items') }}
),

cost_layers as (
    select * from {{ ref('cost_layers') }}
),

supplier_returns as (
    select * from {{ ref('supplier_returns') }}
),

liquidation_policy as (
    select * from {{ ref('liquidation_policy') }}
),

policies as (
    select
        items.item_id
        {%- for rate in [
            'clearance_discount_rate', 'deepest_discount_rate', 'markdown_step_rate', 'capital_cost_rate',
            'storage_cost_rate', 'transfer_cost_rate',
        ] %},
        coalesce(own.{{ rate }}, common.{{ rate }}) as {{ rate }}
        {%- endfor %}
    from items
    inner join liquidation_policy as common on common.category = '*'
    left join liquidation_policy as own on items.category = own.category
),

returnable as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        max(supplier_returns.refund_rate) as refund_rate,
        sum(cost_layers.quantity) as returnable_quantity
    from net_realizable_values
    inner join items on net_realizable_values.item_id = items.item_id
    inner join supplier_returns
        on
            items.supplier_id = supplier_returns.supplier_id
            and supplier_returns.signed_on <= net_realizable_values.valuation_date
            and supplier_returns.ends_on > net_realizable_values.valuation_date
    inner join cost_layers
        on
            net_realizable_values.item_id = cost_layers.item_id
            and net_realizable_values.location_id = cost_layers.location_id
            and net_realizable_values.valuation_date = cost_layers.valuation_date
            and cost_layers.age_days <= supplier_returns.return_within_days
    group by net_realizable_values.item_id, net_realizable_values.location_id
),

stock_positions as (
    select
        net_realizable_values.*,
        net_realizable_values.quantity - net_realizable_values.firm_quantity as free_quantity,
        coalesce(net_realizable_values.unit_replacement_cost, net_realizable_values.unit_cost) as unit_buying_cost,
        net_realizable_values.expected_write_down_amount > 0 as has_loss_to_come,
        items.category,
        items.horizon_months,
        items.selling_cost_rate,
        demand_distributions.demand_variation,
        policies.markdown_step_rate,
        policies.deepest_discount_rate,
        {{ policy_constant('most_demand_multiple') }} as most_demand_multiple,
        {%- for unit_nrv, value in {
            'present_unit_nrv': 'unit_clearance_value', 'unit_nrv': 'unit_final_value',
        }.items() %}
        least(
            cast(net_realizable_values.unit_recovery as double),
            cast(net_realizable_values.{{ unit_nrv }} as double) * (1 - policies.clearance_discount_rate)
        ) as {{ value }},
        {%- endfor %}
        cast(net_realizable_values.unit_cost as double) * policies.storage_cost_rate
        + least(
            cast(net_realizable_values.unit_cost as double),
            {{ ratio('net_realizable_values.expected_value', 'net_realizable_values.quantity') }}
        ) * policies.capital_cost_rate as unit_holding_cost,
        cast(net_realizable_values.unit_cost as double) * policies.transfer_cost_rate as unit_transfer_cost,
        coalesce(returnable.returnable_quantity, 0) as returnable_quantity,
        coalesce(cast(net_realizable_values.unit_cost as double) * returnable.refund_rate, 0) as unit_refund
    from net_realizable_values
    inner join items on net_realizable_values.item_id = items.item_id
    inner join policies on net_realizable_values.item_id = policies.item_id
    inner join demand_distributions
        on
            net_realizable_values.item_id = demand_distributions.item_id
            and net_realizable_values.location_id = demand_distributions.location_id
            and net_realizable_values.valuation_date = demand_distributions.valuation_date
    left join returnable
        on
            net_realizable_values.item_id = returnable.item_id
            and net_realizable_values.location_id = returnable.location_id
)

select * from stock_positions
