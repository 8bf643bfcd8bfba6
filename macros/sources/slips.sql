{#
    The power or pack size by which a value has slipped against what it should be, or null. A slip is taken
    for one only within 8 % of the factor, so that 10 and 12 never mix; what lies elsewhere is for a person.
#}
{% macro slip_factor(value, reference) -%}
    case
        {% for factor, name in [(10.0, '10'), (12.0, '12'), (100.0, '100'), (0.1, '0.1'), (0.01, '0.01')] -%}
        when abs({{ value }} / nullif(cast({{ reference }} as double), 0) / {{ factor }} - 1) <= 0.08 then {{ name }}
        {% endfor -%}
        when abs({{ value }} / nullif(cast({{ reference }} as double), 0) * 12 - 1) <= 0.08 then cast(1 as double) / 12
    end
{%- endmacro %}


{# The used rows of an input table with some columns mended; `mended` gives the expression of each. #}
{% macro mended_columns(table, mended, mends) -%}
    {%- if execute -%}
    {%- for column in source_contract(table).columns.values() -%}
    {% if column.name in mended -%}
    cast({{ mended[column.name] }} as {{ column.data_type }}) as {{ column.name }},
    {% else -%}
    {{ column.name }},
    {% endif -%}
    {% endfor -%}
    known_at,
    nullif(concat_ws('; ', mends, {{ mends }}), '') as mends,
    source_row_number
    {%- else -%}
    *
    {%- endif -%}
{%- endmacro %}
