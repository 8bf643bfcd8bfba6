-- What is known of a unit of each position whatever it sells at: its cost, what it fetches left over, what a contract
-- pays for it.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

items as (
    select * from {{ ref('items') }}
),

demand_distributions as (
    select * from {{ ref('int_demand_distributions') }}
),

firm_sales as (
    select * from {{ ref('int_firm_sales') }}
),

unit_values as (
    select
        reserve_positions.*,
        items.category,
        items.recovery_rate,
        {{ ratio('reserve_positions.cost_value', 'reserve_positions.quantity') }} as cost_rate,
        {{ rounded_unit_value(ratio('reserve_positions.cost_value', 'reserve_positions.quantity')) }} as unit_cost,
        {{ rounded_unit_value(
            ratio('reserve_positions.cost_value', 'reserve_positions.quantity') ~ ' * items.recovery_rate'
        ) }} as unit_recovery,
        {{ rounded_quantity_total('demand_distributions.expected_demand_quantity') }} as expected_demand_quantity,
        {{ rounded_unit_value('coalesce(firm_sales.contract_price, 0) * (1 - items.selling_cost_rate)') }}
            as unit_contract_nrv,
        least(coalesce(firm_sales.contract_quantity, 0), reserve_positions.quantity) as firm_quantity
    from reserve_positions
    inner join items on reserve_positions.item_id = items.item_id
    left join demand_distributions
        on
            reserve_positions.item_id = demand_distributions.item_id
            and reserve_positions.location_id = demand_distributions.location_id
            and reserve_positions.valuation_date = demand_distributions.valuation_date
    left join firm_sales
        on
            reserve_positions.item_id = firm_sales.item_id
            and reserve_positions.location_id = firm_sales.location_id
            and reserve_positions.valuation_date = firm_sales.valuation_date
)

select * from unit_values
