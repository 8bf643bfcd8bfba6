{%- set horizon = var('horizon_months') -%}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

categories as (
    select distinct category from {{ ref('items') }}
),

category_months as (
    select * from {{ ref('int_category_months') }}
),

months_ahead as (
    select
        number + 1 as month_ahead,
        number % 12 - 11 as month_before
    from ({{ integer_series(horizon - 1) }}) as numbers
),

months_before as (
    select
        categories.category,
        valuation_dates.valuation_date,
        valuation_dates.month_number,
        months_ahead.month_ahead,
        case when valuation_dates.month_number >= 12 then greatest(coalesce(category_months.demand_quantity, 0), 0) end
            as demand_quantity
    from valuation_dates
    cross join categories
    cross join months_ahead
    left join category_months
        on
            categories.category = category_months.category
            and category_months.month_number = valuation_dates.month_number + months_ahead.month_before
),

season_shares as (
    select
        category,
        valuation_date,
        month_number,
        month_ahead,
        coalesce(
            {{ ratio('demand_quantity', 'sum(demand_quantity) over (partition by category, valuation_date)') }},
            1.0 / {{ horizon }}
        ) as season_share
    from months_before
)

select * from season_shares
