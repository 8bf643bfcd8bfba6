{%- set losses = {'price': 'nrv_value', 'expected': 'expected_value', 'stress': 'stress_value'} -%}
-- Cost is compared with value unit of account by unit of account: within one, what some layers gain covers what others
-- lack. What is still lacking is shared among the layers that lack.
with valued_layers as (
    select * from {{ ref('int_valued_layers') }}
),

shortfalls as (
    select
        *,
        {{ unit_of_account_name('layer_number') }} as unit_of_account
        {%- for name, value in losses.items() %},
        cast(coalesce(cost_value - {{ value }}, 0) as {{ money_total_type() }}) as {{ name }}_shortfall
        {%- endfor %}
    from valued_layers
),

units_compared as (
    select
        *
        {%- for name in losses %},
        cast(greatest(sum({{ name }}_shortfall) over unit, 0) as {{ money_total_type() }})
            as {{ name }}_unit_write_down,
        cast(sum(greatest({{ name }}_shortfall, 0)) over unit as {{ money_total_type() }}) as {{ name }}_lacking,
        cast(sum(greatest({{ name }}_shortfall, 0)) over unit_order as {{ money_total_type() }}) as {{ name }}_running
        {%- endfor %}
    from shortfalls
    window
        unit as (partition by valuation_date, unit_of_account),
        unit_order as (
            partition by valuation_date, unit_of_account
            order by item_id nulls last, location_id nulls last, layer_number nulls last
            rows between unbounded preceding and current row
        )
),

layer_values as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(layer_number as bigint) as layer_number,
        unit_of_account,
        quantity,
        cost_value,
        firm_quantity,
        nrv_value,
        expected_sold_quantity,
        expected_value,
        recovery_value,
        case when nrv_value is not null then {{ shared_write_down('price') }} end as price_write_down_amount,
        case when expected_value is not null then {{ shared_write_down('expected') }} end as expected_write_down_amount,
        case when stress_value is not null then {{ shared_write_down('stress') }} end as stress_amount,
        exposure_amount,
        cast(greatest(expected_shortfall, 0) as {{ money_type() }}) as expected_shortfall_amount
    from units_compared
)

select * from layer_values
