{%- set then_and_now = {'month_end': 'dates.month_end', 'flash': 'dates.flash_date'} %}
-- What the stock's cost did is told apart from what is thought of the stock: a reserve that leaves with sold stock, or
-- comes with bought stock, is at the rate of the month end. The rest falls to the families of drivers.
with dates as (
    select
        valuation_date as flash_date,
        last_month_end as month_end
    from {{ ref('valuation_dates') }}
    where flash_date is not null
),

reserve_estimates as (
    select
        *,
        method = case when bool_or(method = 'champion') over () then 'champion' else 'static_ageing' end as is_trusted
    from {{ ref('reserve_estimates') }}
    where
        method in ('champion', 'static_ageing')
        and valuation_date in (select flash_date from dates union all select month_end from dates)
),

items as (
    select * from {{ ref('items') }}
),

positions as (
    select
        reserve_estimates.item_id,
        reserve_estimates.location_id,
        dates.flash_date,
        dates.month_end
        {%- for moment, day in then_and_now.items() %}
        {%- for column in ['quantity', 'cost_value', 'reserve_amount'] %},
        coalesce(sum(case when reserve_estimates.valuation_date = {{ day }} then reserve_estimates.{{ column }} end), 0)
            as {{ moment }}_{{ column }}
        {%- endfor %}
        {%- endfor %}
    from reserve_estimates
    cross join dates
    where reserve_estimates.is_trusted
    group by reserve_estimates.item_id, reserve_estimates.location_id, dates.flash_date, dates.month_end
),

-- By how much stock that is there at both grew; of stock that is new or gone the whole reserve came or went with it.
moved as (
    select
        *,
        case
            when month_end_cost_value > 0 and flash_cost_value > 0
                then {{ ratio('flash_cost_value', 'month_end_cost_value') }}
        end as growth
    from positions
),

causes as (
    select
        item_id,
        location_id,
        'stock' as cause,
        case
            when growth is null then flash_reserve_amount - month_end_reserve_amount
            else {{ rounded_amount('(growth - 1) * month_end_reserve_amount') }}
        end as amount
    from moved
    union all
    select
        moved.item_id,
        moved.location_id,
        drivers.family as cause,
        {{ rounded_amount(
            'sum(case when drivers.valuation_date = moved.flash_date then drivers.driver_amount'
            ~ ' else -moved.growth * drivers.driver_amount end)'
        ) }} as amount
    from moved
    inner join {{ ref('reserve_drivers') }} as drivers
        on
            moved.item_id = drivers.item_id
            and moved.location_id = drivers.location_id
            and drivers.valuation_date in (moved.month_end, moved.flash_date)
    where moved.growth is not null
    group by moved.item_id, moved.location_id, drivers.family
),

main_causes as (
    select
        *,
        row_number() over (
            partition by item_id, location_id order by abs(amount) desc nulls last, cause nulls last
        ) as place
    from causes
),

flash as (
    select
        moved.item_id,
        moved.location_id,
        moved.flash_date,
        moved.month_end,
        {{ reporting_currency() }} as currency,
        items.description as item_description,
        items.category,
        items.unit_of_measure,
        {%- for moment in then_and_now %}
        cast(moved.{{ moment }}_quantity as {{ quantity_type() }}) as {{ moment }}_quantity,
        cast(moved.{{ moment }}_cost_value as {{ money_type() }}) as {{ moment }}_cost_value,
        cast(moved.{{ moment }}_reserve_amount as {{ money_type() }}) as {{ moment }}_reserve_amount,
        {%- endfor %}
        cast(moved.flash_reserve_amount - moved.month_end_reserve_amount as {{ money_type() }}) as change_amount,
        main_causes.cause as main_cause,
        cast(main_causes.amount as {{ money_type() }}) as main_cause_amount
    from moved
    inner join items on moved.item_id = items.item_id
    inner join main_causes
        on moved.item_id = main_causes.item_id and moved.location_id = main_causes.location_id and main_causes.place = 1
)

select * from flash
