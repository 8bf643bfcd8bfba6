with cost_layers as (
    select cost_layers.*
    {{ from_behind_start(ref('cost_layers'), 'cost_layers', 'valuation_date') }}
),

ageing_policy as (
    select * from {{ ref('ageing_policy') }}
),

aged_layers as (
    select
        cost_layers.*,
        ageing_policy.bucket
    from cost_layers
    left join ageing_policy
        on
            cost_layers.age_days >= ageing_policy.from_days
            and cost_layers.age_days <= coalesce(ageing_policy.to_days, cost_layers.age_days)
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
        {% for bucket in range(1, 6) -%}
        cast(sum(case when bucket = {{ bucket }} then quantity else 0 end) as {{ quantity_type() }})
            as bucket_{{ bucket }}_quantity,
        cast(sum(case when bucket = {{ bucket }} then cost_value else 0 end) as {{ money_type() }})
            as bucket_{{ bucket }}_value{{ "," if not loop.last }}
        {% endfor %}
    from aged_layers
    group by item_id, location_id, valuation_date
)

select * from inventory_ageing
