-- A life table by category and age: of the items that sold in one quarter, how many still sold in the next.
with item_months as (select * from {{ ref('int_item_months') }} where flash_date is null),

items as (select * from {{ ref('items') }}),

valuation_dates as (select * from {{ ref('valuation_dates') }} where flash_date is null),

lives as (
    select
        item_id,
        month_number,
        {{ age_band('months_observed') }} as age_band,
        {{ rolling_sum('demand_quantity', 3, by='item_id, flash_date') }} > 0 as is_alive
    from item_months
),

followed as (
    select
        items.category,
        lives.month_number,
        lives.is_alive,
        lag(lives.age_band, 3) over life as age_band_then,
        lag(lives.is_alive, 3) over life as was_alive
    from lives
    inner join items on lives.item_id = items.item_id
    window life as (partition by lives.item_id order by lives.month_number nulls last)
),

transitions as (
    select
        category,
        age_band_then as age_band,
        month_number,
        count(*) as lives_then,
        count(case when is_alive then 1 end) as lives_now
    from followed
    where was_alive
    group by category, age_band_then, month_number
),

known_transitions as (
    select
        transitions.category,
        transitions.age_band,
        valuation_dates.month_number,
        cast(sum(transitions.lives_then) as bigint) as lives_then,
        cast(sum(transitions.lives_now) as bigint) as lives_now
    from transitions
    inner join valuation_dates on transitions.month_number <= valuation_dates.month_number
    group by transitions.category, transitions.age_band, valuation_dates.month_number
),

-- Twenty lives of all categories at that age stand in where the category has few of its own.
life_survival as (
    select
        category,
        age_band,
        month_number,
        (lives_now + 20 * {{ ratio(
            'sum(lives_now) over (partition by age_band, month_number)',
            'sum(lives_then) over (partition by age_band, month_number)'
        ) }}) / (lives_then + 20) as survival_rate
    from known_transitions
)

select * from life_survival
