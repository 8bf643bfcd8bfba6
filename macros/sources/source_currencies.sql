{# Every currency in which the input tables hold money, with its number of rows. #}
{% macro source_currencies() %}
    {%- if not execute -%}
    {%- for table in source_tables() %}{% do source('company', table) %}{% endfor -%}
    select 1
    {%- else -%}
    {%- set tables = [] -%}
    {%- for table in source_tables() if 'currency' in source_contract(table).columns and table != 'fx_rates' -%}
        {%- do tables.append(table) -%}
    {%- endfor -%}
    {%- for table in tables %}
    select
        upper(currency) as currency,
        count(*) as row_count
    from ({{ read_source(table, ['currency']) }})
    where currency is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- endif -%}
{% endmacro %}


{# The currencies that the rates lead away from. A rate of one for the reporting currency itself makes it none of them. #}
{% macro rated_currencies() %}
    select distinct upper(currency) as currency
    from ({{ read_source('fx_rates', ['currency', 'rate_to_reporting']) }})
    {{ 'where currency is not null and rate_to_reporting > 0 and rate_to_reporting <> 1' if execute }}
{% endmacro %}
