-- Where the item, over all its locations, stands in its life, and how long items of its kind live.
with item_months as (select * from {{ ref('int_item_months') }}),

life_survival as (select * from {{ ref('int_life_survival') }}),

items as (select * from {{ ref('items') }}),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

demand_sums as (
    select
        item_id,
        valuation_date,
        month_number,
        flash_date,
        months_observed,
        {{ age_band('months_observed') }} as age_band,
        {{ days_between('coalesce(last_sold_on, first_posted_on)', 'valuation_date') }} as days_since_last_sale,
        {{ rolling_sum('demand_quantity', 3, by='item_id, flash_date') }} as demand_3
    from item_months
),

peaks as (
    select
        demand_sums.*,
        items.category,
        coalesce(items.subcategory, items.category) as kind,
        {{ running_max('demand_3', by='demand_sums.item_id, flash_date') }} as peak_3
    from demand_sums
    inner join items on demand_sums.item_id = items.item_id
),

peak_months as (
    select
        *,
        {{ ratio('greatest(demand_3, 0)', 'greatest(peak_3, 0)') }} as level,
        case
            when peak_3 > 0
                then month_number
                    - {{ running_max('case when demand_3 = peak_3 then month_number end', by='item_id, flash_date') }}
        end as months_past_peak
    from peaks
),

-- What came to its kind after it: newer items take the demand of older ones.
kinds as (
    select
        *,
        rank() over (
            partition by kind, valuation_date order by months_observed nulls last
        ) - 1 as newer_items,
        count(*) over (partition by kind, valuation_date) as kind_items,
        {{ ratio(
            'count(case when demand_3 > 0 then 1 end) over (partition by category, valuation_date)',
            'count(*) over (partition by category, valuation_date)'
        ) }} as category_alive_share
    from peak_months
),

life_stage_features as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        cast(months_observed as double) as item_age_months,
        -- 1 introduction, 2 growth, 3 maturity, 4 decline, 5 dead.
        cast(case
            when days_since_last_sale > {{ policy_constant('dead_stock_days') }} then 5
            when months_observed <= 3 then 1
            when months_past_peak < 3 then 2
            when level >= 0.5 then 3
            else 4
        end as double) as life_stage,
        level as item_demand_to_peak,
        cast(months_past_peak as double) as item_months_since_peak,
        case when months_past_peak > 0 then 1 - power(level, 1 / cast(months_past_peak as double)) end
            as monthly_decline_since_peak,
        life_survival.survival_rate as category_survival_rate,
        kinds.category_alive_share,
        {{ ratio('newer_items', 'kind_items') }} as newer_items_share
    from on_hand
    inner join kinds on on_hand.item_id = kinds.item_id and on_hand.valuation_date = kinds.valuation_date
    left join life_survival
        on
            kinds.category = life_survival.category
            and kinds.age_band = life_survival.age_band
            and kinds.month_number = life_survival.month_number
)

select * from life_stage_features
