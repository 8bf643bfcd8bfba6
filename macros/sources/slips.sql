{#
    The power or pack size by which a value has slipped against what it should be, or null. A slip is taken
    for one only near the factor; what lies elsewhere is for a person.
#}
{% macro slip_factor(value, reference) -%}
    case
        {% for factor, name in [(10.0, '10'), (12.0, '12'), (100.0, '100'), (0.1, '0.1'), (0.01, '0.01')] -%}
        when abs({{ value }} / nullif(cast({{ reference }} as double), 0) / {{ factor }} - 1) <= {{ policy_constant('slip_tolerance') }} then {{ name }}
        {% endfor -%}
        when abs({{ value }} / nullif(cast({{ reference }} as double), 0) * 12 - 1) <= {{ policy_constant('slip_tolerance') }} then cast(1 as double) / 12
    end
{%- endmacro %}
