-- Closing stock by perpetual LIFO: a layer stands on the balance it found, and what is left of it is what the lowest
-- balance since has not cut off. On positions or cost pools of plain history, at year ends and the latest date.
{%- set costs_of_positions, costs_of_pools = ref('inventory_costs'), ref('int_pool_costs') %}
with {{ plain_histories() }},

dates as (
    select valuation_date
    from {{ ref('valuation_dates') }}
    where month(valuation_date) = 12 or is_latest
),

movements_by_date as (
    select
        plain_movements.*,
        dates.valuation_date
    from plain_movements
    inner join dates on plain_movements.posted_on <= dates.valuation_date
),

lowest_balances as (
    select
        *,
        sum(quantity_units) over position_history as queue_balance_units
    from movements_by_date
    window position_history as (
        partition by item_id, location_id, valuation_date order by queue_number nulls last
    )
),

layers as (
    select
        *,
        min(queue_balance_units) over (
            partition by item_id, location_id, valuation_date
            order by queue_number nulls last
            rows between current row and unbounded following
        ) - (queue_balance_units - quantity_units) as spared_units
    from lowest_balances
),

expected as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(
            value_units - {{ share_of_units(
                'value_units', 'quantity_units - least(greatest(spared_units, 0), quantity_units)', 'quantity_units'
            ) }}
        ) as hugeint) as value_units
    from layers
    where quantity_units > 0
    group by item_id, location_id, valuation_date
    having value_units <> 0
),

found as (
    select
        inventory_costs.item_id,
        inventory_costs.location_id,
        inventory_costs.valuation_date,
        {{ whole_units('inventory_costs.cost_value') }} as value_units
    from {{ costs_of_pools if is_pooled() else costs_of_positions }} as inventory_costs
    inner join plain_positions
        on
            inventory_costs.item_id = plain_positions.item_id
            and inventory_costs.location_id = plain_positions.location_id
    inner join dates on inventory_costs.valuation_date = dates.valuation_date
    where inventory_costs.costing_method = 'lifo' and inventory_costs.cost_value <> 0
)

select
    concat(
        coalesce(found.item_id, expected.item_id), ' at ', coalesce(found.location_id, expected.location_id), ' on ',
        coalesce(found.valuation_date, expected.valuation_date), ': ',
        expected.value_units, ' by minima, ', found.value_units, ' found'
    ) as difference
from found
full outer join expected
    on
        found.item_id = expected.item_id
        and found.location_id = expected.location_id
        and found.valuation_date = expected.valuation_date
where expected.value_units is distinct from found.value_units
