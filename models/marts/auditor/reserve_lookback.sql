-- The retrospective review (AS 2501, ISA 540.14): what was booked, proposed and lost, for each framework. An error
-- above 0 reserved too much; errors that lean one way year after year are management bias.
with reviewed_estimates as (
    select * from {{ ref('int_scored_estimates') }}
    where method in ('champion', 'static_ageing')
),

reserve_rollforward as (
    select * from {{ ref('reserve_rollforward') }}
    where framework = '{{ var("accounting_framework") }}'
),

items as (
    select * from {{ ref('items') }}
),

positions as (
    select
        item_id,
        location_id,
        valuation_date,
        max(cost_value) as cost_value,
        max(realised_loss) as realised_loss,
        max(case when method = 'champion' then reserve_amount end) as model_reserve_amount,
        max(case when method = 'static_ageing' then reserve_amount end) as static_ageing_amount
    from reviewed_estimates
    group by item_id, location_id, valuation_date
),

booked_positions as (
    select
        positions.*,
        reserve_rollforward.framework,
        reserve_rollforward.closing_amount as booked_amount,
        items.category
    from positions
    inner join reserve_rollforward
        on
            positions.item_id = reserve_rollforward.item_id
            and positions.location_id = reserve_rollforward.location_id
            and positions.valuation_date = reserve_rollforward.period_end
    inner join items on positions.item_id = items.item_id
),

sums as (
    select
        valuation_date,
        category,
        framework,
        count(*) as positions
        {%- for amount in [
            'cost_value', 'booked_amount', 'model_reserve_amount', 'static_ageing_amount', 'realised_loss',
        ] %},
        cast(sum({{ amount }}) as {{ money_total_type() }}) as {{ amount }}
        {%- endfor %},
        cast(sum(greatest(realised_loss - booked_amount, 0)) as {{ money_total_type() }}) as unexpected_amount,
        cast(sum(greatest(booked_amount - realised_loss, 0)) as {{ money_total_type() }}) as over_reserve_amount
    from booked_positions
    group by valuation_date, category, framework
),

reserve_lookback as (
    select
        valuation_date as period_end,
        framework,
        valuation_date = max(valuation_date) over () as is_latest_period,
        {{ reporting_currency() }} as currency,
        category,
        positions,
        cost_value,
        booked_amount,
        model_reserve_amount,
        static_ageing_amount,
        realised_loss,
        unexpected_amount,
        over_reserve_amount,
        booked_amount - realised_loss as booked_error_amount,
        model_reserve_amount - realised_loss as model_error_amount,
        static_ageing_amount - realised_loss as static_ageing_error_amount,
        {{ ratio('(booked_amount - realised_loss)', 'realised_loss') }} as booked_bias_rate
    from sums
)

select * from reserve_lookback
