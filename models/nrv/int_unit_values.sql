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

firm_sales_contracts as (
    select * from {{ ref('firm_sales_contracts') }}
),

-- Units held for a firm sales contract are worth the contract's price (IAS 2.31), until they are due.
firm_sales as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        cast(sum(firm_sales_contracts.quantity) as {{ quantity_type() }}) as contract_quantity,
        {{ rounded_unit_value(ratio(
            'sum(' ~ market_amount('firm_sales_contracts.quantity', 'firm_sales_contracts.unit_price') ~ ')',
            'sum(firm_sales_contracts.quantity)'
        )) }} as contract_price
    from reserve_positions
    inner join firm_sales_contracts
        on
            reserve_positions.item_id = firm_sales_contracts.item_id
            and reserve_positions.location_id = firm_sales_contracts.location_id
            and firm_sales_contracts.signed_on <= reserve_positions.valuation_date
            and firm_sales_contracts.deliver_by > reserve_positions.valuation_date
    group by
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date
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
