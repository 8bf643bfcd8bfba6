-- Only the model knows how wrong it may be: a rule's range is null, not zero.
with reserve_positions as (
    select * from {{ ref('int_reserve_positions') }}
),

reserves_by_method as (
    select * from {{ ref('int_reserves_by_model') }}
    {%- for source in ['present_reserves', 'int_reserves_by_rule'] %}
    union all
    select
        item_id,
        location_id,
        valuation_date,
        method,
        reserve_amount,
        cast(null as {{ money_type() }}) as reserve_lower_amount,
        cast(null as {{ money_type() }}) as reserve_upper_amount
    from {{ ref(source) }}
    {%- endfor %}
),

-- Stock never carries below nothing, nor a reserve above its cost.
reserve_estimates as (
    select
        reserve_positions.item_id,
        reserve_positions.location_id,
        reserve_positions.valuation_date,
        reserves_by_method.method,
        reserve_positions.quantity,
        reserve_positions.cost_value
        {%- for column in ['reserve_amount', 'reserve_lower_amount', 'reserve_upper_amount'] %},
        case
            when reserves_by_method.{{ column }} < 0 then cast(0 as {{ money_type() }})
            when reserves_by_method.{{ column }} > reserve_positions.cost_value
                then reserve_positions.cost_value
            else cast(reserves_by_method.{{ column }} as {{ money_type() }})
        end as {{ column }}
        {%- endfor %}
    from reserve_positions
    inner join reserves_by_method
        on
            reserve_positions.item_id = reserves_by_method.item_id
            and reserve_positions.location_id = reserves_by_method.location_id
            and reserve_positions.valuation_date = reserves_by_method.valuation_date
)

select * from reserve_estimates
