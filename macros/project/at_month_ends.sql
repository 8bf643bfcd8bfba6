{# Of a relation with a valuation_date, the rows of month ends: a flash is no period of the books. #}
{% macro at_month_ends() -%}
    valuation_date not in (select valuation_date from {{ ref('valuation_dates') }} where flash_date is not null)
{%- endmacro %}
