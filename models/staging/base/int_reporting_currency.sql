-- Exchange rates lead to the reporting currency, so it is the one that needs no rate.
with currencies as (
    {{ source_currencies() }}
),

rated as (
    {{ rated_currencies() }}
),

unrated as (
    select
        currencies.currency,
        sum(currencies.row_count) as row_count
    from currencies
    left join rated on currencies.currency = rated.currency
    where rated.currency is null
    group by currencies.currency
),

reporting_currency as (
    {% if var('reporting_currency') -%}
    select '{{ var("reporting_currency") | upper }}' as currency
    {%- else -%}
    -- Ties go to the first in the alphabet; money without any currency is in 'XXX' (ISO 4217).
    select coalesce(min_by(currency, -row_count * 1000000 + ascii(currency)), 'XXX') as currency
    from unrated
    {%- endif %}
)

select * from reporting_currency
