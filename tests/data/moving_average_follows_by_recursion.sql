-- The moving average by recursion from one inbound to the next; between two of them every issue costs the difference
-- of two running shares of what the last one left. On positions of plain history: each issue, to the last unit.
with recursive {{ plain_histories() }},

stretches as (
    select
        *,
        count(case when quantity_units > 0 then 1 end) over position_history as stretch
    from plain_movements
    window position_history as (
        partition by item_id, location_id order by movement_number nulls last
    )
),

issued as (
    select
        *,
        -sum(least(quantity_units, 0)) over (
            partition by item_id, location_id, stretch order by movement_number nulls last
        ) as issued_units
    from stretches
),

inbounds as (
    select
        item_id,
        location_id,
        stretch,
        max(value_units) as value_units,
        max(case when quantity_units > 0 then balance_units end) as balance_units,
        max(issued_units) as issued_units
    from issued
    where stretch > 0
    group by item_id, location_id, stretch
),

pools as (
    select
        item_id,
        location_id,
        stretch,
        value_units as pool_units,
        balance_units,
        issued_units
    from inbounds
    where stretch = 1
    union all
    select
        inbounds.item_id,
        inbounds.location_id,
        inbounds.stretch,
        pools.pool_units
        - {{ share_of_units('pools.pool_units', 'pools.issued_units', 'pools.balance_units') }}
        + inbounds.value_units as pool_units,
        inbounds.balance_units,
        inbounds.issued_units
    from pools
    inner join inbounds
        on
            pools.item_id = inbounds.item_id
            and pools.location_id = inbounds.location_id
            and pools.stretch + 1 = inbounds.stretch
),

expected as (
    select
        issued.movement_number,
        {{ share_of_units('pools.pool_units', 'issued.issued_units', 'pools.balance_units') }}
        - {{ share_of_units(
            'pools.pool_units', 'issued.issued_units + issued.quantity_units', 'pools.balance_units'
        ) }} as cost_units
    from issued
    left join pools
        on
            issued.item_id = pools.item_id
            and issued.location_id = pools.location_id
            and issued.stretch = pools.stretch
    where issued.quantity_units < 0
),

compared as (
    select
        expected.movement_number,
        expected.cost_units,
        {{ whole_units('-costs.weighted_average_value_change') }} as found_units
    from expected
    left join {{ ref('int_costed_movements') }} as costs
        on expected.movement_number = costs.movement_number and not costs.is_elsewhere
)

select concat(movement_number, ': ', cost_units, ' by recursion, ', found_units, ' found') as difference
from compared
where cost_units is distinct from found_units
