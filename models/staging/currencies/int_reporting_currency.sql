-- Exchange rates lead to the reporting currency, so it is the one that needs no rate.
{%- set tables = [] -%}
{%- for table in source_tables() if table != 'fx_rates' -%}
    {%- set relation = source('company', table) -%}
    {%- do tables.append(relation) if 'currency' in source_contract(table).columns else none -%}
{%- endfor %}
with currencies as (
    {%- for table in tables %}
    select
        upper(currency) as currency,
        count(*) as row_count
    from {{ table }}
    where currency is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A rate of one for the reporting currency itself leads away from none.
rated as (
    select distinct upper(currency) as currency
    from {{ source('company', 'fx_rates') }}
    where currency is not null and rate_to_reporting > 0 and rate_to_reporting <> 1
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
