{# Every currency in which the input tables hold money, with its number of rows. #}
{% macro source_currencies() %}
    {%- set relations = [] -%}
    {%- for table in source_tables() -%}
        {%- set relation = source('company', table) -%}
        {%- if not execute or ('currency' in source_contract(table).columns and table != 'fx_rates') -%}
            {%- do relations.append(relation) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for relation in relations %}
    select
        upper(currency) as currency,
        count(*) as row_count
    from {{ relation }}
    where currency is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{# The currencies that the rates lead away from. A rate of one for the reporting currency itself makes it none of them. #}
{% macro rated_currencies() %}
    select distinct upper(currency) as currency
    from {{ source('company', 'fx_rates') }}
    where currency is not null and rate_to_reporting > 0 and rate_to_reporting <> 1
{% endmacro %}
