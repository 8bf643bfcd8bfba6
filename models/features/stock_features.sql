{%- set windows = [1, 3, 6, 12] -%}
{%- set season = [var('horizon_months') | int, 12] | min -%}
with position_months as (select * from {{ ref('int_position_months') }}),

inventory_costs as (
    select * from {{ ref('inventory_costs') }}
    where costing_method = '{{ var("costing_method") }}'
),

inventory_ageing as (select * from {{ ref('inventory_ageing') }}),

-- Before the first write-off on record the company may note none: null, not zero.
first_records as (
    select min(valuation_date) as first_write_off_on
    from position_months
    where written_off_quantity > 0
),

stock_sums as (
    select
        *,
        {% for n in windows -%}
        {{ rolling_sum('demand_quantity', n) }} as demand_{{ n }},
        least(months_observed, {{ n }}) as months_{{ n }},
        {% endfor -%}
        {{ whole_sum('demand_quantity', season, lag=12 - season) }} as demand_last_season,
        {{ rolling_max('on_hand_quantity', 12) }} as peak_quantity_12,
        {{ whole_sum('on_hand_quantity', 1, lag=3) }} as quantity_3_before,
        {{ rolling_sum('written_off_quantity', 12) }} as written_off_12
    from position_months
),

stock_features as (
    select
        stock_sums.item_id,
        stock_sums.location_id,
        stock_sums.valuation_date,
        cast(stock_sums.on_hand_quantity as double) as quantity,
        cast(inventory_costs.cost_value as double) as cost_value,
        {{ ratio('inventory_costs.cost_value', 'inventory_costs.quantity') }} as unit_cost,
        round(cast(inventory_ageing.weighted_age_days as double), 6) as weighted_age_days,
        cast(inventory_ageing.oldest_age_days as double) as oldest_age_days,
        {% for band, to_days in ageing_bands() -%}
        {{ ratio('inventory_ageing.' ~ band ~ '_value', 'inventory_ageing.cost_value') }}
            as age_bucket_{{ loop.index }}_share,
        {% endfor -%}
        {% for n in windows -%}
        {{ coverage_months('on_hand_quantity', 'demand_' ~ n, 'months_' ~ n) }}
            as coverage_months_{{ n }},
        {% endfor -%}
        case
            when demand_last_season is not null
                then {{ coverage_months('on_hand_quantity', 'demand_last_season', season) }}
        end as coverage_months_last_season,
        greatest(
            0,
            1 - {{ ratio('greatest(demand_6, 0)', 'on_hand_quantity') }}
            * {{ var('horizon_months') }} / months_6
        ) as excess_share,
        {{ ratio('on_hand_quantity', 'peak_quantity_12') }} as quantity_to_peak_12,
        {{ midpoint_change('on_hand_quantity', 'greatest(quantity_3_before, 0)') }}
            as quantity_change_3,
        case
            when first_records.first_write_off_on <= stock_sums.valuation_date
                then {{ ratio('written_off_12', 'written_off_12 + on_hand_quantity') }}
        end as written_off_share_12
    from stock_sums
    cross join first_records
    inner join inventory_costs
        on
            stock_sums.item_id = inventory_costs.item_id
            and stock_sums.location_id = inventory_costs.location_id
            and stock_sums.valuation_date = inventory_costs.valuation_date
    inner join inventory_ageing
        on
            stock_sums.item_id = inventory_ageing.item_id
            and stock_sums.location_id = inventory_ageing.location_id
            and stock_sums.valuation_date = inventory_ageing.valuation_date
    where stock_sums.on_hand_quantity > 0
)

select * from stock_features
