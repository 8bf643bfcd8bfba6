{{ config(meta={'known_by': none}) }}

-- What sets a position apart: the usual loss of all stock, weaker reasons in one line, and the closing line do not.
with reserve_drivers as (
    select * from {{ ref('reserve_drivers') }}
    where feature not in ('baseline', 'rest', 'other')
),

drivers_ranked as (
    select
        *,
        row_number() over (
            partition by item_id, location_id, valuation_date
            order by abs(driver_amount) desc nulls last, driver_rank nulls last
        ) as reason_rank
    from reserve_drivers
),

main_reasons as (
    select
        item_id,
        location_id,
        valuation_date
        {%- for rank in [1, 2, 3] %},
        max(case when reason_rank = {{ rank }} then reason end) as reason_{{ rank }},
        max(case when reason_rank = {{ rank }} then driver_amount end) as reason_{{ rank }}_amount
        {%- endfor %}
    from drivers_ranked
    where reason_rank <= 3
    group by item_id, location_id, valuation_date
)

select * from main_reasons
