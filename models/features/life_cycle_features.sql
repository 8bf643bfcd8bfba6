{%- set events = {
    'launch': 'life_events.launched_on',
    'first_receipt': 'peak_months.first_received_on',
    'first_sale': 'peak_months.first_sold_on',
    'discontinued': 'life_events.discontinued_on',
    'successor_launch': 'life_events.successor_launched_on',
} -%}
with position_months as (select * from {{ ref('int_position_months') }}),

items as (select * from {{ ref('items') }}),

stock_features as (select * from {{ ref('stock_features') }}),

item_sightings as (
    select
        item_id,
        valuation_date,
        min(least(first_posted_on, first_received_on)) as first_seen_on,
        sum(demand_quantity) as demand_quantity
    from position_months
    group by item_id, valuation_date
),

first_discontinuation as (
    select min(discontinued_on) as first_discontinued_on
    from items
),

-- Master data counts from the day it speaks of: a launch or an end set for later is not yet a fact.
life_events as (
    select
        item_sightings.item_id,
        item_sightings.valuation_date,
        items.shelf_life_days,
        least(
            case when items.launched_on <= item_sightings.valuation_date then items.launched_on end,
            item_sightings.first_seen_on
        ) as launched_on,
        case
            when items.discontinued_on <= item_sightings.valuation_date then items.discontinued_on
        end as discontinued_on,
        first_discontinued_on <= item_sightings.valuation_date as has_discontinuations,
        least(
            case
                when successors.launched_on <= item_sightings.valuation_date
                    then successors.launched_on
            end,
            successor_sightings.first_seen_on
        ) as successor_launched_on
    from item_sightings
    inner join items on item_sightings.item_id = items.item_id
    cross join first_discontinuation
    left join items as successors
        on items.successor_item_id = successors.item_id and items.item_id <> successors.item_id
    left join item_sightings as successor_sightings
        on
            successors.item_id = successor_sightings.item_id
            and item_sightings.valuation_date = successor_sightings.valuation_date
),

life_sums as (
    select
        *,
        {{ rolling_sum('demand_quantity', 3) }} as demand_3,
        {{ running_sum('demand_quantity') }} as demand_to_date
    from position_months
),

peaks as (
    select
        *,
        {{ running_max('demand_3') }} as peak_demand_3
    from life_sums
),

peak_months as (
    select
        *,
        {{ running_max('case when demand_3 = peak_demand_3 then month_number end') }}
            as peak_month_number
    from peaks
),

life_cycle_features as (
    select
        peak_months.item_id,
        peak_months.location_id,
        peak_months.valuation_date,
        {% for event, day in events.items() -%}
        cast({{ days_between(day, 'peak_months.valuation_date') }} as double)
            as days_since_{{ event }},
        {% endfor -%}
        case
            when life_events.discontinued_on is not null then cast(1 as double)
            when life_events.has_discontinuations then cast(0 as double)
        end as is_discontinued,
        {{ ratio('greatest(demand_3, 0)', 'greatest(peak_demand_3, 0)') }} as demand_to_peak,
        cast(case when peak_demand_3 > 0 then month_number - peak_month_number end as double)
            as months_since_peak,
        {{ ratio('greatest(demand_to_date, 0)', 'greatest(demand_to_date, 0) + on_hand_quantity') }}
            as sell_through_to_date,
        {{ ratio('stock_features.oldest_age_days', 'life_events.shelf_life_days') }}
            as shelf_life_used
    from peak_months
    inner join life_events
        on
            peak_months.item_id = life_events.item_id
            and peak_months.valuation_date = life_events.valuation_date
    inner join stock_features
        on
            peak_months.item_id = stock_features.item_id
            and peak_months.location_id = stock_features.location_id
            and peak_months.valuation_date = stock_features.valuation_date
)

select * from life_cycle_features
