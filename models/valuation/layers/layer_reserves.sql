-- Within a unit of account what some layers gain covers what others lack, as net realizable value says: so much less is
-- reserved (IAS 2.29, ASC 330-10-35-8). By default a layer is a unit of its own, and covers nothing of another.
with spread_reserves as (
    select * from {{ ref('int_spread_reserves') }}
),

layer_values as (
    select * from {{ ref('layer_values') }}
),

covered_units as (
    select
        valuation_date,
        unit_of_account,
        sum(expected_shortfall_amount) - sum(coalesce(expected_write_down_amount, 0)) as covered_amount
    from layer_values
    group by valuation_date, unit_of_account
),

compared as (
    select
        spread_reserves.*,
        sum(spread_reserves.spread_amount) over unit as unit_amount,
        sum(spread_reserves.spread_amount) over unit_order as unit_running,
        covered_units.covered_amount
    from spread_reserves
    inner join covered_units
        on
            spread_reserves.valuation_date = covered_units.valuation_date
            and spread_reserves.unit_of_account = covered_units.unit_of_account
    window
        unit as (partition by spread_reserves.valuation_date, spread_reserves.unit_of_account),
        unit_order as (
            partition by spread_reserves.valuation_date, spread_reserves.unit_of_account
            order by
                spread_reserves.item_id nulls last, spread_reserves.location_id nulls last,
                spread_reserves.layer_number nulls last
            rows between unbounded preceding and current row
        )
),

netted as (
    select
        *,
        cast(greatest(unit_amount - covered_amount, 0) as {{ money_total_type() }}) as kept_amount
    from compared
),

layer_reserves as (
    select
        item_id,
        location_id,
        valuation_date,
        layer_number,
        unit_of_account,
        quantity,
        cost_value,
        shortfall_amount as nrv_shortfall_amount,
        spread_amount,
        cast(
            {{ exact_share('kept_amount', 'unit_running', 'unit_amount') }}
            - {{ exact_share('kept_amount', '(unit_running - spread_amount)', 'unit_amount') }}
            as {{ money_type() }}
        ) as reserve_amount
    from netted
)

select * from layer_reserves
