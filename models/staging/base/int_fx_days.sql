-- A day without a rate takes the nearest earlier one; days before the first rate have none.
with rates as (
    select
        upper(currency) as currency,
        rate_on,
        rate_to_reporting
    from {{ ref('stg_fx_rates') }}
),

intervals as (
    select
        currency,
        rate_on,
        rate_to_reporting,
        coalesce(
            lead(rate_on) over (partition by currency order by rate_on nulls last),
            cast(greatest(rate_on, data_window.last_day) + 1 as date)
        ) as next_rate_on
    from rates
    cross join {{ ref('int_data_window') }} as data_window
),

fx_days as (
    select
        currency,
        cast(unnest(generate_series(rate_on, cast(next_rate_on - 1 as date), interval 1 day)) as date)
            as day,
        rate_to_reporting
    from intervals
)

select * from fx_days
