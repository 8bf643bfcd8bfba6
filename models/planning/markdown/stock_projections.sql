-- Nothing is ordered again here: what is shown is how the stock on hand and on order runs down. Units that are expected
-- to lose sell last, so a reserve stays with what is left, up to its cost.
with projections as (
    select * from {{ ref('int_stock_projections') }}
),

stock_positions as (
    select * from {{ ref('int_stock_positions') }}
),

reserve_estimates as (
    select * from {{ ref('reserve_estimates') }}
    where method = 'champion'
),

month_ends as (
    select
        item_id,
        location_id,
        month_ahead,
        forecast_month,
        expected_stock_quantity,
        planned_stock_quantity
    from projections
    union all
    select
        item_id,
        location_id,
        0 as month_ahead,
        valuation_date as forecast_month,
        cast(quantity as double) as expected_stock_quantity,
        cast(quantity as double) as planned_stock_quantity
    from stock_positions
),

positions_valued as (
    select
        stock_positions.category,
        month_ends.location_id,
        month_ends.month_ahead,
        stock_positions.valuation_date,
        month_ends.forecast_month,
        stock_positions.unit_holding_cost,
        reserve_estimates.reserve_amount
        {%- for stock in ['expected', 'planned'] %},
        {{ rounded_quantity_total('month_ends.' ~ stock ~ '_stock_quantity') }} as {{ stock }}_quantity,
        {{ rounded_total(
            'month_ends.' ~ stock ~ '_stock_quantity * cast(stock_positions.unit_cost as double)'
        ) }} as {{ stock }}_cost_value
        {%- endfor %}
    from month_ends
    inner join stock_positions
        on month_ends.item_id = stock_positions.item_id and month_ends.location_id = stock_positions.location_id
    left join reserve_estimates
        on
            month_ends.item_id = reserve_estimates.item_id
            and month_ends.location_id = reserve_estimates.location_id
            and stock_positions.valuation_date = reserve_estimates.valuation_date
),

stock_projections as (
    select
        category,
        location_id,
        month_ahead,
        valuation_date,
        forecast_month as month_end,
        {{ reporting_currency() }} as currency
        {%- for stock in ['expected', 'planned'] %},
        sum({{ stock }}_quantity) as {{ stock }}_quantity,
        sum({{ stock }}_cost_value) as {{ stock }}_cost_value,
        sum({{ stock }}_cost_value - least({{ stock }}_cost_value, coalesce(reserve_amount, 0)))
            as {{ stock }}_carrying_value
        {%- endfor %},
        sum(least(expected_cost_value, coalesce(reserve_amount, 0))) as expected_reserve_amount,
        sum({{ rounded_total('cast(expected_quantity as double) * unit_holding_cost / 12') }}) as holding_cost_amount
    from positions_valued
    group by category, location_id, month_ahead, valuation_date, forecast_month
)

select * from stock_projections
