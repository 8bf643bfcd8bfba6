-- Weeks against the nine weeks around them: seasons and trends move both sides, and say nothing. Order lines and not
-- units, since a few large orders would drown the rest; against those of all groups, since what moves all is no weather
-- of one.
with week_weather as (
    select
        cast(date_trunc('week', observed_on) as date) as week,
        {{ ratio("sum(cast(round(value, 8) as decimal(28, 8)))", 'count(*)') }} as weather
    from {{ ref('signals') }}
    where signal = 'weather' and abs(value) < 1e15
    group by date_trunc('week', observed_on)
),

week_lines as (
    select
        coalesce(items.subcategory, items.category) as subcategory,
        cast(date_trunc('week', movements.moved_at) as date) as week,
        count(*) as line_count
    from {{ ref('movements') }} as movements
    inner join {{ ref('items') }} as items on movements.item_id = items.item_id
    where movements.movement_type = 'sale'
    group by coalesce(items.subcategory, items.category), date_trunc('week', movements.moved_at)
),

-- Weeks in which a group sold nothing count too, those that the data cut at either end do not.
weeks as (
    select
        week_weather.*,
        row_number() over (order by week_weather.week nulls last) as week_number
    from week_weather
    cross join (select min(week) as first_week, max(week) as last_week from week_lines) as bounds
    where week_weather.week > bounds.first_week and week_weather.week < bounds.last_week
),

group_weeks as (
    select
        groups.subcategory,
        weeks.week_number,
        weeks.weather,
        coalesce(week_lines.line_count, 0) as line_count,
        avg(coalesce(week_lines.line_count, 0)) over (partition by groups.subcategory) as mean_count,
        avg(case when week_lines.line_count > 0 then 1.0 else 0.0 end) over (partition by groups.subcategory)
            as sold_share
    from (select distinct subcategory from week_lines) as groups
    cross join weeks
    left join week_lines on groups.subcategory = week_lines.subcategory and weeks.week = week_lines.week
),

logged as (
    select
        subcategory,
        week_number,
        weather,
        cast(round(ln(line_count + 0.05 * mean_count), 8) as decimal(18, 8)) as log_lines
    from group_weeks
    where sold_share > 0.7
),

against_all as (
    select
        *,
        log_lines - avg(log_lines) over (partition by week_number) as relative_lines
    from logged
),

{% set around = 'partition by subcategory order by week_number nulls last rows between 4 preceding and 4 following' -%}
weather_and_sales as (
    select
        subcategory,
        week_number,
        weather - cast(avg(cast(round(weather, 8) as decimal(28, 8))) over ({{ around }}) as double) as weather_change,
        cast(relative_lines as double)
        - cast(avg(cast(round(relative_lines, 8) as decimal(28, 8))) over ({{ around }}) as double) as sales_change
    from against_all
)

select * from weather_and_sales
