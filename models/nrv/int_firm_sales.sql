-- Units held for a firm sales contract are worth the contract's price (IAS 2.31), until they are due.
with firm_sales_contracts as (
    select * from {{ ref('firm_sales_contracts') }}
),

reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

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
)

select * from firm_sales
