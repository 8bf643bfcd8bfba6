-- Units leave first in, first out, so the stock of a date is gone once as many units have left since as it held.
-- What was written off left too, but did not sell: where it is half the stock or more, the stock never sold through.
{%- set dead_after_months = 6 %}
with valuation_dates as (
    select * from {{ ref('valuation_dates') }}
),

on_hand as (
    select * from {{ ref('on_hand') }}
    where quantity > 0
),

cohort_flows as (
    select * from {{ ref('cohort_flows') }}
),

cohort_transfers as (
    select * from {{ ref('cohort_transfers') }}
),

demand_months as (
    select * from {{ ref('demand_months') }}
),

transferred as (
    select
        item_id,
        location_id,
        valuation_date,
        cast(sum(quantity) as {{ quantity_type() }}) as quantity
    from cohort_transfers
    where to_location_id <> location_id
    group by item_id, location_id, valuation_date
),

departures as (
    select
        cohort_flows.item_id,
        cohort_flows.location_id,
        valuation_dates.month_number,
        cohort_flows.written_off_quantity,
        cohort_flows.quantity - cohort_flows.unsold_quantity + coalesce(transferred.quantity, 0) as left_quantity
    from cohort_flows
    inner join valuation_dates on cohort_flows.valuation_date = valuation_dates.valuation_date
    left join transferred
        on
            cohort_flows.item_id = transferred.item_id
            and cohort_flows.location_id = transferred.location_id
            and cohort_flows.valuation_date = transferred.valuation_date
),

departed as (
    select
        *,
        sum(left_quantity) over so_far as left_so_far,
        sum(written_off_quantity) over so_far as written_off_so_far
    from departures
    window so_far as (
        partition by item_id, location_id order by month_number nulls last
        rows between unbounded preceding and current row
    )
),

stock_months as (
    select
        on_hand.item_id,
        on_hand.location_id,
        on_hand.valuation_date,
        on_hand.quantity,
        valuation_dates.month_number,
        coalesce(departed.left_so_far - departed.left_quantity, 0) as left_before,
        coalesce(departed.written_off_so_far - departed.written_off_quantity, 0) as written_off_before,
        count(*) over recent as months_in_stock,
        sum(case when demand_months.sold_quantity > 0 then 1 else 0 end) over recent as months_with_sales
    from on_hand
    inner join valuation_dates on on_hand.valuation_date = valuation_dates.valuation_date
    left join departed
        on
            on_hand.item_id = departed.item_id
            and on_hand.location_id = departed.location_id
            and valuation_dates.month_number = departed.month_number
    left join demand_months
        on
            on_hand.item_id = demand_months.item_id
            and on_hand.location_id = demand_months.location_id
            and valuation_dates.month_number = demand_months.month_number
    window recent as (
        partition by on_hand.item_id, on_hand.location_id order by valuation_dates.month_number
        range between {{ dead_after_months - 1 }} preceding and current row
    )
),

gone as (
    select
        stock_months.item_id,
        stock_months.location_id,
        stock_months.month_number,
        min(departed.month_number) as gone_month
    from stock_months
    inner join departed
        on
            stock_months.item_id = departed.item_id
            and stock_months.location_id = departed.location_id
            and stock_months.month_number <= departed.month_number
            and departed.left_so_far >= stock_months.left_before + stock_months.quantity
    group by stock_months.item_id, stock_months.location_id, stock_months.month_number
),

dead as (
    select
        *,
        months_in_stock = {{ dead_after_months }} and months_with_sales = 0 as is_dead_stock,
        min(case when months_in_stock = {{ dead_after_months }} and months_with_sales = 0 then month_number end)
            over (
                partition by item_id, location_id order by month_number
                rows between 1 following and unbounded following
            ) as dead_month
    from stock_months
),

stock_durations as (
    select
        dead.item_id,
        dead.location_id,
        dead.valuation_date,
        case
            when 2 * (departed.written_off_so_far - dead.written_off_before) < dead.quantity
                then gone.gone_month + 1 - dead.month_number
        end as months_to_sell_through,
        dead.is_dead_stock,
        case when not dead.is_dead_stock then dead.dead_month - dead.month_number end as months_to_dead_stock
    from dead
    left join gone
        on
            dead.item_id = gone.item_id
            and dead.location_id = gone.location_id
            and dead.month_number = gone.month_number
    left join departed
        on
            gone.item_id = departed.item_id
            and gone.location_id = departed.location_id
            and gone.gone_month = departed.month_number
)

select * from stock_durations
