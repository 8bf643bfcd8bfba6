-- Kinds that no feature knows by name get a place in the order in which they came: a kind that comes later moves none
-- of them, and no feature of an earlier date knows of it.
with signal_months as (
    select * from {{ ref('int_signal_months') }}
),

first_months as (
    select
        signal,
        min(valuation_date) as first_month_end
    from signal_months
    where
        signal not in (
            {%- for signal in signal_kinds() %}
            '{{ signal }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by signal
),

other_signals as (
    select
        signal,
        first_month_end,
        row_number() over (order by first_month_end nulls last, signal nulls last) as place
    from first_months
)

select * from other_signals
