{{ config(materialized='view') }}

-- What demand and prices say of a stock, in units and prices that a controller can hold against the shelf. Parts of
-- units are told where there are few.
with net_realizable_values as (
    select
        *,
        price_source = '{{ no_price_is_kept() }}' as keeps_no_prices
    from {{ ref('net_realizable_values') }}
),

items as (
    select * from {{ ref('items') }}
),

amounts_worded as (
    select
        net_realizable_values.item_id,
        net_realizable_values.location_id,
        net_realizable_values.valuation_date,
        net_realizable_values.keeps_no_prices,
        net_realizable_values.expected_shortfall_amount as shortfall_amount,
        case when net_realizable_values.keeps_no_prices then 'be used' else 'sell' end as verb,
        case when net_realizable_values.keeps_no_prices then 'unused' else 'unsold' end as unsold,
        {%- for name, column in {'units': 'quantity', 'sold_units': 'expected_sold_quantity'}.items() %}
        case
            when net_realizable_values.quantity < 10
                then {{ plain_number('round(net_realizable_values.' ~ column ~ ', 1)') }}
            else {{ told_number('net_realizable_values.' ~ column) }}
        end as {{ name }},
        {%- endfor %}
        {{ months_after('net_realizable_values.valuation_date', 'items.horizon_months') }} as last_day,
        {{ told_number('net_realizable_values.expected_net_price', 2) }} as price,
        {{ told_number('net_realizable_values.unit_cost', 2) }} as cost,
        case
            when items.selling_cost_rate > 0
                then ' less ' || {{ plain_number('round(100 * items.selling_cost_rate, 1)') }} || '% selling costs'
            else ''
        end as selling_costs,
        {{ plain_number('round(100 * items.recovery_rate, 1)') }} || '%' as recovery
    from net_realizable_values
    inner join items on net_realizable_values.item_id = items.item_id
),

demand_reasons as (
    select
        item_id,
        location_id,
        valuation_date,
        keeps_no_prices,
        shortfall_amount,
        case
            when sold_units = units and units = '1' then 'The one unit is'
            when sold_units = units then 'All ' || units || ' units are'
            when sold_units = '0' then 'Next to none of the ' || units || ' units is'
            else 'Of ' || units || ' units, ' || sold_units || ' are'
        end || ' expected to ' || verb || ' by ' || last_day
        || case
            when keeps_no_prices then '. No prices are kept: a unit that is used counts at its cost' || selling_costs
            else coalesce(', at ' || price || ' each' || selling_costs, '')
        end
        || '. A unit cost ' || cost
        || case
            when sold_units = units then ''
            else '. Units that stay ' || unsold || ' should recover ' || recovery || ' of their cost'
        end as reason
    from amounts_worded
)

select * from demand_reasons
