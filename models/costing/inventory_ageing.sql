with cost_layers as (
    select * from {{ ref('cost_layers') }}
),

banded_layers as (
    select
        *,
        case
            {%- for band, to_days in ageing_bands() if to_days is not none %}
            when age_days <= {{ to_days }} then '{{ band }}'
            {%- endfor %}
            else '{{ ageing_bands()[-1][0] }}'
        end as band
    from cost_layers
),

inventory_ageing as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(quantity) as {{ quantity_type() }}) as quantity,
        cast(sum(cost_value) as {{ money_type() }}) as cost_value,
        sum(cast(quantity as double) * age_days) / sum(cast(quantity as double))
            as weighted_age_days,
        max(age_days) as oldest_age_days,
        {% for band, to_days in ageing_bands() -%}
        cast(sum(case when band = '{{ band }}' then quantity else 0 end) as {{ quantity_type() }})
            as {{ band }}_quantity,
        cast(sum(case when band = '{{ band }}' then cost_value else 0 end) as {{ money_type() }})
            as {{ band }}_value{{ "," if not loop.last }}
        {% endfor %}
    from banded_layers
    group by item_id, location_id, valuation_date
)

select * from inventory_ageing
