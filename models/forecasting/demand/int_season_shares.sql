with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

categories as (
    select distinct category, horizon_months from {{ ref('items') }}
),

category_months as (
    select * from {{ ref('int_category_months') }}
),

months_ahead as (
    select
        number + 1 as month_ahead,
        number % 12 - 11 as month_before
    from ({{ integer_series(35) }}) as numbers
),

months_before as (
    select
        categories.category,
        categories.horizon_months,
        valuation_dates.valuation_date,
        valuation_dates.month_number,
        valuation_dates.flash_date,
        months_ahead.month_ahead,
        case when valuation_dates.month_number >= 12 then greatest(coalesce(category_months.demand_quantity, 0), 0) end
            as demand_quantity
    from valuation_dates
    cross join categories
    inner join months_ahead on categories.horizon_months >= months_ahead.month_ahead
    left join category_months
        on
            categories.category = category_months.category
            and valuation_dates.flash_date is not distinct from category_months.flash_date
            and category_months.month_number = valuation_dates.month_number + months_ahead.month_before
),

season_shares as (
    select
        category,
        horizon_months,
        valuation_date,
        month_number,
        flash_date,
        month_ahead,
        coalesce(
            {{ ratio('demand_quantity', 'sum(demand_quantity) over (partition by category, valuation_date)') }},
            1.0 / horizon_months
        ) as season_share
    from months_before
)

select * from season_shares
