-- A day without a rate takes the nearest earlier one; days before the first rate have none.
with rates as (
    select
        upper(currency) as currency,
        rate_on,
        rate_to_reporting
    from {{ ref('stg_fx_rates') }}
),

-- Only days of the data: a rate dated centuries off would else be written out day by day.
intervals as (
    select
        rates.currency,
        rates.rate_to_reporting,
        greatest(rates.rate_on, data_window.first_day) as first_day,
        least(
            coalesce(
                cast(
                    lead(rates.rate_on) over (
                        partition by rates.currency order by rates.rate_on nulls last
                    ) - 1 as date
                ),
                data_window.last_day
            ),
            data_window.last_day
        ) as last_day
    from rates
    cross join {{ ref('int_data_window') }} as data_window
),

fx_days as (
    select
        currency,
        cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day,
        rate_to_reporting
    from intervals
)

select * from fx_days
